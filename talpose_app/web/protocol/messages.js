/**
 * The shapes on the wire, as in `talpose_app/protocol/messages.py` and `parts.py`. Types only.
 *
 * @typedef {"visible" | "occluded" | "absent"} VisibilityName
 * @typedef {"track" | "refine"} RunKind
 * @typedef {"starting" | "running" | "paused" | "stopping" | "done" | "failed"} RunPhase
 *
 * @typedef {{ dtype: "f4" | "f8" | "u1", shape: number[], data: Uint8Array }} Block
 * @typedef {{ individual_id: number, keypoint_id: number }} PointRef
 * @typedef {{ individual_id: number, keypoint_id: number, frame_idx: number }} LabelPlace
 * @typedef {LabelPlace & { x: number | null, y: number | null, visibility: VisibilityName }} LabelState
 * @typedef {{ individual_id: number, frame_idx: number, x: number, y: number }} FirstLabel
 * @typedef {{ keypoint_id: number, name: string, color: string }} KeypointState
 * @typedef {{ keypoints: KeypointState[], edges: [number, number][], symmetries: [number, number][] }} SkeletonState
 * @typedef {{ individual_id: number, name: string }} IndividualState
 * @typedef {PointRef & { positions: Block, visibility: Block, confidence: Block,
 *   spans: [number, number, number][] }} TrackState
 * @typedef {{ name: string, width: number, height: number, n_frames: number, fps: number, duration_s: number,
 *   codec: string, is_variable_rate: boolean, times_s: Block, warnings: string[] }} VideoState
 * @typedef {{ code: string, message: string, hint: string }} ErrorState
 * @typedef {{ n: number, median_px: number, p90_px: number, is_stale: boolean }} ErrorNumbers `is_stale`: labels have changed since
 * @typedef {ErrorNumbers & { points: (PointRef & ErrorNumbers)[], sentence: string }} HeldOutState
 * @typedef {{ run_id: number, kind: RunKind, state: RunPhase, tracker: string, device: string, step: number,
 *   n_steps: number, best_step: number, stage: string, fraction: number, losses: number[], seconds: number,
 *   error: ErrorState | null, held_out: HeldOutState | null }} RunState
 * @typedef {{ run_id: number, kind: RunKind | "filter", tracker: string, device: string, started_at: string,
 *   duration_s: number, losses: number[], held_out: HeldOutState | null }} RunRecord
 * @typedef {{ state: "saved" | "saving" | "error" | "read_only", error: ErrorState | null }} SaveState
 * @typedef {string | number | boolean | null} ViewValue
 * @typedef {{ [key: string]: ViewValue }} ViewSettings
 * @typedef {{ kind: RunKind, tracker: string, device: string, frame_s: number, point_s: number,
 *   is_measured: boolean }} PaceState
 * @typedef {{ name: string, folder: string, revision: number, video: VideoState, skeleton: SkeletonState,
 *   individuals: IndividualState[], labels: LabelState[], tracks: TrackState[], runs: RunRecord[],
 *   undo_title: string | null, redo_title: string | null, save: SaveState, run: RunState | null,
 *   view: ViewSettings, paces: PaceState[] }} ProjectState
 * @typedef {"absent" | "begun" | "downloading" | "checking" | "failed" | "installed"} TrackerFileState
 * @typedef {{ name: string, title: string, licence: string, gist: string, is_installed: boolean, place: string,
 *   source: string | null, publisher: string, state: TrackerFileState, n_done: number, n_bytes: number,
 *   error: ErrorState | null }} TrackerState
 * @typedef {{ summary: string, advice: string }} HardwareState
 * @typedef {{ name: string, title: string, default: number | null, least: number, most: number, step: number,
 *   unit: string, is_odd: boolean, text: string }} FilterParameterState
 * @typedef {{ name: string, title: string, text: string, parameters: FilterParameterState[] }} FilterState
 * @typedef {{ name: string, parameters: { [name: string]: number | null }, points?: PointRef[] | null,
 *   start?: number | null, stop?: number | null }} FilterSettings
 * @typedef {{ name: string, title: string, text: string }} FormatState
 * @typedef {{ entry_id: string, name: string, folder: string, opened_at: string }} RecentState
 * @typedef {{ project: string, name: string, place: string, reason: string, project_id: string,
 *   folder_id: string }} WantedVideoState
 * @typedef {{ entry_id: string, name: string, kind: "folder" | "video" | "project", size: number,
 *   modified_at: string }} FolderEntry
 *
 * @typedef {{ type: "done", id: number, revision: number | null }} Done
 * @typedef {{ type: "keypoint_added", id: number, keypoint_id: number, revision: number }} KeypointAdded
 * @typedef {{ type: "listing", id: number, folder: string, parent_id: string | null,
 *   entries: FolderEntry[] }} Listing
 * @typedef {{ type: "exported", id: number, path: string | null, url: string | null, report: string[] }} Exported
 * @typedef {{ type: "filter_preview", id: number, start: number, points: PointRef[], positions: Block,
 *   visibility: Block, confidence: Block, n_changed: number[], mean_px: number | null,
 *   max_px: number | null }} FilterPreview
 * @typedef {{ individual_id: number, keypoint_id: number, frame_idx: number, gain: number }} SuggestionState
 * @typedef {{ type: "suggestions", id: number, places: SuggestionState[], expected_share: number | null }} Suggestions
 * @typedef {{ type: "licence_text", id: number, text: string }} LicenceText
 * @typedef {{ type: "failed", id: number, error: ErrorState }} Failed
 * @typedef {Done | KeypointAdded | Listing | Exported | FilterPreview | Suggestions | LicenceText | Failed} Reply
 *
 * @typedef {{ type: "welcome", version: number, app_version: string, mode: "window" | "browser",
 *   recent: RecentState[], trackers: TrackerState[], hardware: HardwareState, filters: FilterState[], export_formats: FormatState[],
 *   import_formats: FormatState[],
 *   project: ProjectState | null, wanted: WantedVideoState | null }} Welcome
 * @typedef {{ type: "trackers_changed", trackers: TrackerState[] }} TrackersChanged
 * @typedef {{ type: "project_opened", project: ProjectState, recent: RecentState[] }} ProjectOpened
 * @typedef {{ type: "video_wanted", wanted: WantedVideoState | null }} VideoWanted
 * @typedef {{ type: "project_closed", recent: RecentState[] }} ProjectClosed
 * @typedef {{ type: "project_changed", revision: number, title: string, labels_set: LabelState[],
 *   labels_deleted: LabelPlace[], skeleton: SkeletonState | null, individuals: IndividualState[] | null,
 *   tracks_set: TrackState[], tracks_deleted: PointRef[], runs: RunRecord[] | null, undo_title: string | null,
 *   redo_title: string | null }} ProjectChanged
 * @typedef {{ type: "run_changed", run: RunState }} RunChanged
 * @typedef {{ type: "track_update", run_id: number, step: number, n_steps: number, loss: number | null,
 *   seconds: number, is_best: boolean, start: number, points: PointRef[], positions: Block, visibility: Block,
 *   confidence: Block }} TrackUpdate
 * @typedef {{ type: "save_changed", save: SaveState }} SaveChanged
 * @typedef {{ type: "frame", frame_idx: number, shown_idx: number, is_exact: boolean, time_s: number,
 *   jpeg: Uint8Array }} Frame
 * @typedef {{ type: "notice", level: "info" | "warning" | "error", message: string, hint: string }} Notice
 * @typedef {Welcome | TrackersChanged | ProjectOpened | VideoWanted | ProjectClosed | ProjectChanged | RunChanged |
 *   TrackUpdate | SaveChanged | Frame | Notice} ServerEvent
 *
 * What each command carries besides `type` and `id`, and what answers it.
 * @typedef {{
 *   hello: { version: number },
 *   open_sample: {},
 *   open_dialog: { kind: "any" | "video" | "project" },
 *   browse: { entry_id: string | null },
 *   open_entry: { entry_id: string },
 *   find_video: { project_id: string, entry_id: string | null },
 *   give_up_video: { project_id: string },
 *   close_project: {},
 *   take_over: {},
 *   set_labels: { labels: LabelState[], title: string },
 *   delete_labels: { places: LabelPlace[] },
 *   add_keypoint: { name?: string, color?: string, label?: FirstLabel },
 *   change_keypoint: { keypoint_id: number, name?: string, color?: string },
 *   delete_keypoint: { keypoint_id: number },
 *   reorder_keypoints: { keypoint_ids: number[] },
 *   set_edges: { edges: [number, number][] },
 *   add_individual: { name: string },
 *   clear_tracks: { points: PointRef[] | null },
 *   undo: {},
 *   redo: {},
 *   start_run: { kind: RunKind, points?: PointRef[] | null, start?: number | null, stop?: number | null,
 *     n_steps?: number | null, learning_rate?: number | null, tracker?: string, device?: string,
 *     method?: "talpose" | "published" },
 *   pause_run: {},
 *   resume_run: {},
 *   stop_run: {},
 *   revert_run: {},
 *   preview_filter: { filter: FilterSettings },
 *   apply_filter: { filter: FilterSettings },
 *   get_suggestions: { count: number },
 *   get_frame: { frame_idx: number, max_width: number, max_height: number, direction: number },
 *   export_file: { format: string },
 *   import_file: { format: string },
 *   take_keypoints: { entry_id: string | null },
 *   set_view: { view: ViewSettings },
 *   save: {},
 *   get_tracker: { name: string, has_accepted: boolean },
 *   cancel_tracker: { name: string },
 *   add_tracker: {},
 *   show_licence: { name: string },
 * }} Commands
 * @typedef {keyof Commands} CommandName
 *
 * @typedef {{
 *   add_keypoint: KeypointAdded,
 *   browse: Listing,
 *   export_file: Exported,
 *   preview_filter: FilterPreview,
 *   get_suggestions: Suggestions,
 *   show_licence: LicenceText,
 * }} SpecialReplies
 */

/**
 * @template {CommandName} Name
 * @typedef {Name extends keyof SpecialReplies ? SpecialReplies[Name] : Done} ReplyTo
 */

/** The wire version this page speaks. */
export const PROTOCOL_VERSION = 2;
