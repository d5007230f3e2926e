/**
 * A video dropped anywhere on the page. In a window the app takes the path
 * itself; in a browser the page has no path and sends the file.
 */

/**
 * @param {{ isWindow: () => boolean, onUploaded: (entryId: string) => void,
 *   onProgress: (text: string) => void, onFailed: (message: string) => void }} parts
 */
export function acceptDrops({ isWindow, onUploaded, onProgress, onFailed }) {
  let depth = 0;
  /** @param {DragEvent} event */
  const hasFiles = (event) => event.dataTransfer?.types.includes("Files") ?? false;
  /** @param {number} change */
  const enter = (change) => {
    depth = Math.max(0, depth + change);
    document.body.classList.toggle("is-dropping", depth > 0);
  };
  addEventListener("dragenter", (event) => hasFiles(event) && enter(1));
  addEventListener("dragleave", (event) => hasFiles(event) && enter(-1));
  addEventListener("dragover", (event) => hasFiles(event) && event.preventDefault());
  addEventListener("drop", (event) => {
    const file = event.dataTransfer?.files[0];
    enter(-depth);
    if (!hasFiles(event)) {
      return;
    }
    event.preventDefault();
    if (file && !isWindow()) {
      upload(file, { onUploaded, onProgress, onFailed });
    }
  });
}

/**
 * @param {File} file
 * @param {{ onUploaded: (entryId: string) => void, onProgress: (text: string) => void,
 *   onFailed: (message: string) => void }} listeners
 */
function upload(file, { onUploaded, onProgress, onFailed }) {
  const request = new XMLHttpRequest();
  request.open("PUT", `upload?name=${encodeURIComponent(file.name)}`);
  request.responseType = "json";
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    onProgress(`Copying ${file.name}: ${Math.round((100 * loaded) / Math.max(1, total))} %`);
  });
  request.addEventListener("load", () => {
    onProgress("");
    const entryId = request.response?.entry_id;
    if (request.status === 200 && typeof entryId === "string") {
      onUploaded(entryId);
    } else if (request.status !== 200) {
      onFailed(request.response?.message ?? `${file.name} could not be copied.`);
    }
  });
  request.addEventListener("error", () => {
    onProgress("");
    onFailed(`${file.name} could not be copied.`);
  });
  request.send(file);
}
