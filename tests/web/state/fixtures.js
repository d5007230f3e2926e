/** Small projects for the tests of the state. */

/** @param {ArrayBufferView} values */
const bytes = (values) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

/**
 * @param {number[] | Float32Array} values
 * @param {number[]} shape
 */
export function f4(values, shape) {
  return { dtype: "f4", shape, data: bytes(Float32Array.from(values)) };
}

/**
 * @param {number[]} values
 * @param {number[]} shape
 */
export function u1(values, shape) {
  return { dtype: "u1", shape, data: Uint8Array.from(values) };
}

/**
 * @param {number} keypointId
 * @param {number} frameIdx
 * @param {number | null} x
 * @param {number | null} y
 * @param {string} visibility
 */
export function label(keypointId, frameIdx, x = 1, y = 2, visibility = "visible") {
  return { individual_id: 1, keypoint_id: keypointId, frame_idx: frameIdx, x, y, visibility };
}

/**
 * @param {number} keypointId
 * @param {number} nFrames
 * @param {(frame: number) => number} confidence
 */
export function track(keypointId, nFrames, confidence = () => 0.9) {
  const frames = [...Array(nFrames).keys()];
  return {
    individual_id: 1,
    keypoint_id: keypointId,
    positions: f4(frames.flatMap((frame) => [frame, 10 * frame]), [nFrames, 2]),
    visibility: u1(frames.map(() => 1), [nFrames]),
    confidence: f4(frames.map(confidence), [nFrames]),
    spans: [[0, nFrames, 1]],
  };
}

/** @param {object} changes to a project of two keypoints and ten frames */
export function projectState(changes = {}) {
  const nFrames = 10;
  const times = Float64Array.from({ length: nFrames }, (_, i) => i / 10);
  return {
    name: "demo",
    folder: "/videos",
    revision: 1,
    video: {
      name: "demo.mp4",
      width: 64,
      height: 48,
      n_frames: nFrames,
      fps: 10,
      duration_s: 1,
      codec: "h264",
      is_variable_rate: false,
      times_s: { dtype: "f8", shape: [nFrames], data: bytes(times) },
      warnings: [],
    },
    skeleton: {
      keypoints: [
        { keypoint_id: 1, name: "nose", color: "#E69F00" },
        { keypoint_id: 2, name: "tail", color: "#56B4E9" },
      ],
      edges: [[1, 2]],
      symmetries: [],
    },
    individuals: [{ individual_id: 1, name: "individual_1" }],
    labels: [],
    tracks: [],
    runs: [],
    undo_title: null,
    redo_title: null,
    save: { state: "saved", error: null },
    run: null,
    view: {},
    ...changes,
  };
}

/** @param {object} changes */
export function projectChanged(changes) {
  return {
    type: "project_changed",
    revision: 2,
    title: "",
    labels_set: [],
    labels_deleted: [],
    skeleton: null,
    individuals: null,
    tracks_set: [],
    tracks_deleted: [],
    runs: null,
    undo_title: null,
    redo_title: null,
    ...changes,
  };
}
