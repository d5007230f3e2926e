/**
 * The keypoints: name, shape and color, labels, confidence; chosen, renamed,
 * recolored, reordered, hidden and deleted here.
 *
 * @import { EmptyActions } from "./keypoint_empty.js"
 * @import { PreferencesModel } from "../state/preferences.js"
 * @import { PointInfo, ProjectModel } from "../state/project.js"
 * @import { RecentState } from "../protocol/messages.js"
 * @import { Selection } from "../state/selection.js"
 * @import { MenuItem } from "./menu.js"
 *
 * @typedef {{ select: (key: string) => void, rename: (id: number, name: string) => Promise<boolean>,
 *   recolor: (id: number, color: string) => void, remove: (id: number) => void, reorder: (ids: number[]) => void,
 *   setEdges: (edges: [number, number][]) => void, startAdding: () => void,
 *   addIndividual: () => void, clearTracks: () => void } & EmptyActions} KeypointActions
 */
import { counted } from "../state/format.js";
import { button, element } from "./element.js";
import { KeypointEmpty } from "./keypoint_empty.js";
import { KeypointRow } from "./keypoint_row.js";
import { Menu } from "./menu.js";

/** Confidence and counts during a run change with every step; the list keeps to this pace. */
const REFRESH_MS = 250;

/** The panel on the left. */
export class KeypointList {
  #models;
  #actions;
  #list = element("ul", {
    class: "keypoint-rows",
    attributes: { role: "listbox", "aria-label": "Keypoints", tabindex: "-1" },
  });
  #count = element("span", { class: "caption" });
  #empty;
  #individuals = element("select", { class: "select individual-select", attributes: { "aria-label": "Individual" } });
  #menu = new Menu();
  /** @type {Map<string, KeypointRow>} */
  #rows = new Map();
  /** @type {ReturnType<typeof setTimeout> | null} */
  #timer = null;

  /**
   * @param {HTMLElement} root
   * @param {{ project: ProjectModel, selection: Selection, preferences: PreferencesModel }} models
   * @param {KeypointActions} actions
   */
  constructor(root, models, actions) {
    this.#models = models;
    this.#actions = actions;
    this.#empty = new KeypointEmpty(models.project, actions);
    root.append(this.#header(), this.#individuals, this.#empty.node, this.#list);
    this.#observe();
    this.#listen();
  }

  /** @param {RecentState[]} recent projects whose keypoints may be wanted here, newest first */
  setRecent(recent) {
    this.#empty.setRecent(recent);
  }

  /** @param {string} key the point whose keypoint gets a field for its name */
  rename(key) {
    this.#rows.get(key)?.rename();
  }

  #observe() {
    const { project, selection, preferences } = this.#models;
    project.on("opened", () => this.#rebuild());
    project.on("points", () => this.#rebuild());
    project.on("labels", () => this.#refreshSoon());
    project.on("tracks", () => this.#refreshSoon());
    selection.on("point", () => this.#refreshSelection());
    selection.on("individual", () => this.#rebuild());
    preferences.on("change", (name) => {
      if (name === "hidden") {
        this.#refreshSelection();
      }
    });
  }

  /** @returns {HTMLElement} */
  #header() {
    const more = button({
      icon: "more",
      label: "More",
      class: "icon-button is-small",
      onClick: () => {
        this.#menu.setItems(this.#moreItems());
        this.#menu.open(more);
      },
    });
    const add = button({
      icon: "plus",
      label: "New keypoints (N)",
      class: "icon-button is-small",
      onClick: this.#actions.startAdding,
    });
    const title = element("h2", { class: "heading", text: "Keypoints" });
    return element("div", { class: "panel-header" }, title, this.#count, element("span", { class: "spring" }), more, add);
  }

  /** @returns {(MenuItem | null)[]} */
  #moreItems() {
    const { project } = this.#models;
    /** @type {(MenuItem | null)[]} */
    const items = [{ text: "Add an individual", icon: "individual", onClick: this.#actions.addIndividual }];
    if (!project.isReadOnly) {
      items.push({ text: "Keypoints of a project…", icon: "project", onClick: this.#actions.chooseKeypoints });
    }
    if (project.tracks.size > 0 && !project.isReadOnly) {
      items.push(null, { text: "Clear all predictions", icon: "trash", isDanger: true, onClick: this.#actions.clearTracks });
    }
    return items;
  }

  /** @returns {PointInfo[]} */
  get #points() {
    const { project, selection } = this.#models;
    return project.points.filter((info) => info.individual.individual_id === selection.individualId);
  }

  #rebuild() {
    const points = this.#points;
    const old = this.#rows;
    this.#rows = new Map();
    for (const info of points) {
      const row = old.get(info.key) ?? this.#makeRow(info.key);
      row.setInfo(info);
      this.#rows.set(info.key, row);
    }
    const nodes = [...this.#rows.values()].map((row) => row.node);
    const isSame = nodes.length === this.#list.children.length && nodes.every((node, i) => this.#list.children[i] === node);
    if (!isSame) {
      const focused = nodes.find((node) => node === document.activeElement);
      this.#list.replaceChildren(...nodes);
      focused?.focus();
    }
    this.#empty.node.hidden = points.length > 0;
    this.#empty.update();
    this.#list.hidden = points.length === 0;
    this.#count.textContent = points.length > 0 ? String(points.length) : "";
    this.#rebuildIndividuals();
    this.#refresh();
    this.#refreshSelection();
  }

  #rebuildIndividuals() {
    const { project, selection } = this.#models;
    this.#individuals.hidden = project.individuals.length < 2;
    this.#individuals.replaceChildren(
      ...project.individuals.map(({ individual_id: id, name }) =>
        element("option", { text: name, attributes: { value: String(id) } }),
      ),
    );
    this.#individuals.value = String(selection.individualId);
  }

  /**
   * @param {string} key
   * @returns {KeypointRow}
   */
  #makeRow(key) {
    return new KeypointRow(key, {
      ...this.#actions,
      canMove: (from, step) => this.#canMove(from, step),
      toggleHidden: (which) => this.#models.preferences.toggleHidden(which),
      move: (from, step) => this.#move(from, step),
      edgeOffer: (id) => this.#edgeOffer(id),
    });
  }

  /**
   * @param {number} id
   * @returns {{ text: string, toggle: () => void } | null} null when there is no other keypoint to join to
   */
  #edgeOffer(id) {
    const { project, selection } = this.#models;
    const selected = project.point(selection.point)?.keypoint;
    if (!selected || selected.keypoint_id === id || project.isReadOnly) {
      return null;
    }
    const { edges } = project.skeleton;
    const others = edges.filter((edge) => !(edge.includes(id) && edge.includes(selected.keypoint_id)));
    const isJoined = others.length < edges.length;
    return {
      text: `${isJoined ? "Disconnect from" : "Connect to"} ${selected.name}`,
      toggle: () => this.#actions.setEdges(isJoined ? others : [...edges, [selected.keypoint_id, id]]),
    };
  }

  #refreshSoon() {
    if (this.#timer === null) {
      this.#timer = setTimeout(() => {
        this.#timer = null;
        this.#refresh();
      }, REFRESH_MS);
    }
  }

  #refresh() {
    const { project } = this.#models;
    for (const [key, row] of this.#rows) {
      row.setNumbers(project.labels.shown.count(key), project.tracks.get(key)?.meanConfidence() ?? NaN);
      row.setError(project.heldOut.get(key) ?? null);
    }
    this.#count.title = counted(project.labels.shown.size, "label");
  }

  #refreshSelection() {
    const { selection, preferences } = this.#models;
    for (const [key, row] of this.#rows) {
      row.setState(key === selection.point, preferences.isHidden(key));
    }
  }

  #listen() {
    this.#individuals.addEventListener("change", () => {
      this.#models.selection.point = null;
      this.#models.selection.individualId = Number(this.#individuals.value);
    });
    this.#list.addEventListener("dragover", (event) => this.#onDragOver(event));
    this.#list.addEventListener("drop", (event) => this.#onDrop(event));
    this.#list.addEventListener("dragend", () => this.#markTarget(null));
  }

  /**
   * @param {string} key
   * @param {number} step
   * @returns {boolean}
   */
  #canMove(key, step) {
    const keys = [...this.#rows.keys()];
    return keys[keys.indexOf(key) + step] !== undefined;
  }

  /**
   * Move a row by the keyboard.
   *
   * @param {string} key
   * @param {number} step
   */
  #move(key, step) {
    const keys = [...this.#rows.keys()];
    const from = keys.indexOf(key);
    if (this.#canMove(key, step)) {
      keys.splice(from + step, 0, ...keys.splice(from, 1));
      this.#sendOrder(keys);
    }
  }

  /** @param {DragEvent} event */
  #onDragOver(event) {
    const row = this.#rowAt(event);
    if (row && event.dataTransfer?.types.includes("text/x-keypoint")) {
      event.preventDefault();
      this.#markTarget(row);
    }
  }

  /** @param {DragEvent} event */
  #onDrop(event) {
    const dragged = event.dataTransfer?.getData("text/x-keypoint");
    const target = this.#rowAt(event);
    this.#markTarget(null);
    if (!dragged || !target || target.key === dragged) {
      return;
    }
    event.preventDefault();
    const keys = [...this.#rows.keys()];
    const to = keys.indexOf(target.key);
    keys.splice(keys.indexOf(dragged), 1);
    keys.splice(to, 0, dragged);
    this.#sendOrder(keys);
  }

  /** @param {string[]} keys */
  #sendOrder(keys) {
    const ids = keys.map((key) => this.#rows.get(key)?.info?.keypoint.keypoint_id);
    this.#actions.reorder(ids.filter((id) => id !== undefined));
  }

  /**
   * @param {DragEvent} event
   * @returns {KeypointRow | null}
   */
  #rowAt(event) {
    const target = event.target instanceof Element ? event.target.closest("li") : null;
    return [...this.#rows.values()].find((row) => row.node === target) ?? null;
  }

  /** @param {KeypointRow | null} target */
  #markTarget(target) {
    for (const row of this.#rows.values()) {
      row.node.classList.toggle("is-drop-target", row === target);
    }
  }
}
