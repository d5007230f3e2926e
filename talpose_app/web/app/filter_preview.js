/**
 * Keeps the preview of a filter up to date with its settings, the tracks and the labels.
 *
 * @import { FilterPreview, FilterSettings } from "../protocol/messages.js"
 * @import { RequestError } from "../net/connection.js"
 * @import { FilterModel } from "../state/filters.js"
 * @import { ProjectModel } from "../state/project.js"
 * @import { RunModel } from "../state/run.js"
 * @import { Selection } from "../state/selection.js"
 *
 * @typedef {{ preview: (filter: FilterSettings) => Promise<FilterPreview>,
 *   apply: (filter: FilterSettings) => Promise<unknown> }} FilterLink `apply` gives null when it failed
 */

/** A slider that is dragged is asked about when it rests this long. */
const PAUSE_MS = 120;

/** One request at a time; the latest settings win. */
export class FilterPreviewer {
  #models;
  #link;
  /** @type {ReturnType<typeof setTimeout> | null} */
  #timer = null;
  #isBusy = false;
  #isStale = false;

  /**
   * @param {{ project: ProjectModel, selection: Selection, run: RunModel, filters: FilterModel }} models
   * @param {FilterLink} link
   */
  constructor(models, link) {
    this.#models = models;
    this.#link = link;
    const { project, selection, run, filters } = models;
    const again = () => this.#again();
    filters.on("settings", again);
    filters.on("open", again);
    filters.on("filters", again);
    project.on("labels", again);
    project.on("points", again);
    project.on("opened", ({ isSame }) => {
      filters.isOpen &&= isSame;
      this.#again();
    });
    project.on("tracks", () => {
      if (filters.isOpen) {
        filters.dropPreview();
        this.#again();
      }
    });
    selection.on("range", again);
    selection.on("point", () => filters.isForPoint && this.#again());
    run.on("run", () => {
      filters.isOpen &&= !run.isActive;
    });
    const show = () => this.#showTried();
    filters.on("preview", show);
    filters.on("compare", show);
    project.on("closed", () => {
      filters.isOpen = false;
    });
  }

  /** Make the previewed change part of the project. */
  async apply() {
    const { filters, selection } = this.#models;
    const settings = filters.settings(selection);
    if (settings && (await this.#link.apply(settings)) !== null) {
      filters.isApplied = true;
    }
  }

  #showTried() {
    const { filters, project } = this.#models;
    const isTrying = filters.preview !== null && !filters.isComparing;
    project.tryTracks(isTrying ? new Map([...project.tracks, ...filters.preview.tracks]) : null);
  }

  #again() {
    const { filters } = this.#models;
    if (filters.isOpen) {
      filters.isApplied = false;
      clearTimeout(this.#timer ?? undefined);
      this.#timer = setTimeout(() => void this.#ask(), PAUSE_MS);
    }
  }

  async #ask() {
    this.#isStale = this.#isBusy;
    if (this.#isBusy || !this.#isWanted) {
      return;
    }
    const { filters, project, selection } = this.#models;
    const settings = project.tracks.size > 0 ? filters.settings(selection) : null;
    if (!settings) {
      filters.dropPreview();
      return;
    }
    this.#isBusy = true;
    await this.#show(settings);
    this.#isBusy = false;
    if (this.#isStale) {
      void this.#ask();
    }
  }

  /** @returns {boolean} whether a preview is of use now */
  get #isWanted() {
    const { filters } = this.#models;
    return filters.isOpen && !filters.isApplied;
  }

  /** @param {FilterSettings} settings */
  async #show(settings) {
    const { filters, project } = this.#models;
    try {
      const reply = await this.#link.preview(settings);
      if (this.#isWanted) {
        filters.showPreview(reply, project);
      }
    } catch (error) {
      const { message, hint, isDisconnected } = /** @type {RequestError} */ (error);
      filters.dropPreview(isDisconnected ? "" : `${message} ${hint}`.trim());
    }
  }
}
