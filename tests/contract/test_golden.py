"""The network, its windows, predictors and published optimization against recorded vectors of the reference.

Run every case of a folder with ``TALPOSE_GOLDEN=DIR pytest tests/contract/test_golden.py``; the default is
``../shared/golden`` beside the checkout. Without the folder a few numbers in this file still hold the network
to the reference. Tolerances are the recording's: the reference itself is up to 1.3e-4 px from float64.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from tests.fixtures.golden import GoldenCase, make_video

torch = pytest.importorskip("torch")

from talpose_app.engine.cotracker3.network import CoTracker3, TrackOutput  # noqa: E402
from talpose_app.engine.cotracker3.online import OnlineTracker, track_online  # noqa: E402
from talpose_app.engine.cotracker3.predictor import (  # noqa: E402
    OnlinePredictor,
    Prediction,
    grid_queries,
    pixel_scale,
    predict_offline,
)
from talpose_app.engine.cotracker3.published import KeypointLabels, optimize_published  # noqa: E402
from talpose_app.engine.cotracker3.pyramid import FeaturePyramid  # noqa: E402
from talpose_app.engine.cotracker3.windows import correlate  # noqa: E402

pytestmark = pytest.mark.engine

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("TALPOSE_GOLDEN", ROOT.parent / "shared" / "golden"))
CASES = sorted(FOLDER.glob("*.npz"))

FIRST_PX = 5e-5
FINAL_PX = 5e-4
PROBABILITY = 1e-5
#: Of features and correlations. Values behind the correlation MLP reach 14, where float32 alone is 2.6e-5
#: off: they are held to the same figure relative to their size.
FEATURE = 2e-5
#: Tokens of a late iteration are made at positions that may be FINAL_PX apart already.
LATE_TOKEN = 1e-3


def require(condition: bool, reason: str) -> None:
    if not condition:
        pytest.skip(reason)


# -------------------- inner values
class Tap:
    """Records what enters and leaves a part of the network while it is open."""

    def __init__(self) -> None:
        self.inputs: list[torch.Tensor] = []
        self.outputs: list[torch.Tensor] = []


@contextmanager
def tapped(module: torch.nn.Module) -> Iterator[Tap]:
    tap = Tap()

    def record(_module, inputs, output) -> None:
        tap.inputs.append(inputs[0])
        tap.outputs.append(output)

    handle = module.register_forward_hook(record)
    try:
        yield tap
    finally:
        handle.remove()


def check_features(case: GoldenCase, network: CoTracker3, frames: torch.Tensor) -> FeaturePyramid:
    """Encode, and compare maps before and after normalization; recordings pad by the last frame."""
    with tapped(network.fnet) as tap:
        pyramid = network.encode(frames)
    n_recorded = case.shape("fmap0")[1]
    frame_idx = torch.arange(n_recorded).clamp_max(len(frames) - 1)
    for level, maps in enumerate(pyramid[frame_idx].levels):
        case.check(f"fmap{level}", maps.permute(0, 3, 1, 2)[None], FEATURE)
    if "fnet_out" in case:
        case.check("fnet_out", torch.cat(tap.outputs)[frame_idx], FEATURE, FEATURE)
    return pyramid


def check_first_window(case: GoldenCase, network: CoTracker3, pyramid: FeaturePyramid, n_frames: int) -> None:
    """Compare templates and correlations as the first iteration of the first window sees them."""
    queries = case.queries()
    radius = network.config.radius
    is_seen = queries[:, 0] < n_frames
    support = network.support(pyramid, queries)
    masked = support.map(lambda level: level * is_seen[:, None, None])
    clip = pyramid[torch.arange(n_frames).clamp_max(pyramid.n_frames - 1)]
    coords = network.start(queries, n_frames).coords.transpose(0, 1)
    for level, maps in enumerate(clip.levels):
        if is_seen.all() or "chunks" not in case:
            case.check(f"support{level}", support.levels[level].transpose(0, 1)[None], FEATURE)
        volume = correlate(maps, coords / 2**level, masked.levels[level], radius)
        case.check(f"corr_volume_it0_level{level}", volume.transpose(0, 1).flatten(0, 1), FEATURE)
    embedding = network.correlation_features(clip, masked, coords).transpose(0, 1).flatten(0, 1)
    case.check("corr_emb_it0", embedding, FEATURE, FEATURE)


def check_tap(case: GoldenCase, tap: Tap) -> None:
    """Compare what entered and left the update transformer."""
    case.check("tokens_in_it0", tap.inputs[0][None], FEATURE, FEATURE)
    case.check(
        "tokens_in_last", tap.inputs[-1][None], LATE_TOKEN if len(tap.inputs) > 1 else FEATURE, FEATURE
    )
    if "delta_per_iter" in case:
        case.check("delta_per_iter", torch.stack(tap.outputs)[:, None], FINAL_PX)


# -------------------- results
def check_output(case: GoldenCase, output: TrackOutput, prefix: str = "", suffix: str = "") -> None:
    case.check(f"{prefix}tracks{suffix}", output.tracks, FINAL_PX)
    case.check(f"{prefix}vis{suffix}", output.visibility, PROBABILITY)
    case.check(f"{prefix}conf{suffix}", output.confidence, PROBABILITY)


def check_iterations(case: GoldenCase, outputs: list[TrackOutput], prefix: str, first_px: float) -> None:
    coords = torch.stack([output.tracks for output in outputs])
    expected = case[f"{prefix}coords_per_iter"]
    np.testing.assert_allclose(
        coords[0], expected[0], atol=first_px, rtol=0, err_msg=f"{case.path.name} {prefix}"
    )
    case.check(f"{prefix}coords_per_iter", coords, FINAL_PX)
    case.check(f"{prefix}vis_per_iter", torch.stack([o.visibility for o in outputs]), PROBABILITY)
    case.check(f"{prefix}conf_per_iter", torch.stack([o.confidence for o in outputs]), PROBABILITY)


def check_prediction(case: GoldenCase, prediction: Prediction, prefix: str = "") -> None:
    case.check(f"{prefix}tracks", prediction.tracks, FINAL_PX)
    np.testing.assert_array_equal(prediction.visibility, case[f"{prefix}visible"])


# -------------------- kinds
def offline_case(case: GoldenCase, network: CoTracker3) -> None:
    pyramid = check_features(case, network, case.frames())
    check_first_window(case, network, pyramid, pyramid.n_frames)
    support = network.support(pyramid, case.queries())
    state = network.start(case.queries(), pyramid.n_frames)
    outputs: list[TrackOutput] = []
    with tapped(network.updateformer) as tap:
        for _ in range(case.meta["iters"]):
            state = network.update(pyramid, support, state)
            outputs.append(network.output(state))
    check_tap(case, tap)
    check_iterations(case, outputs, "", FIRST_PX)
    check_output(case, outputs[-1])


def online_case(case: GoldenCase, network: CoTracker3) -> None:
    pyramid = check_features(case, network, case.frames())
    window_len = network.config.window_len
    check_first_window(case, network, pyramid, window_len)
    tracker = OnlineTracker(network, case.queries(), case.meta["iters"])
    with tapped(network.updateformer) as tap:
        for k in range(case.meta["n_windows"]):
            window = pyramid[tracker.start : tracker.start + window_len]
            outputs = [network.output(state) for state in tracker.iterate(window)]
            check_iterations(case, outputs, f"win{k}_", FINAL_PX if k else FIRST_PX)
    check_tap(case, tap)
    check_output(case, tracker.result())
    check_output(case, track_online(network, pyramid, case.queries(), case.meta["iters"]))


def stream_case(case: GoldenCase, network: CoTracker3) -> None:
    pyramid = check_features(case, network, case.frames())
    check_first_window(case, network, pyramid, network.config.window_len)
    tracker = OnlineTracker(network, case.queries(), case.meta["iters"])
    with tapped(network.updateformer) as tap:
        for k, (start, stop) in enumerate(case["chunks"].tolist()):
            check_output(case, tracker.feed(pyramid[start:stop]), f"chunk{k}_")
    check_tap(case, tap)


def offline_predictor_case(case: GoldenCase, network: CoTracker3) -> None:
    frames, queries = case.frames(), case.queries()
    options = {"support_grid": case.meta["support_grid"], "iterations": case.meta["iters"]}
    check_prediction(case, predict_offline(network, frames, queries, **options))
    if "bwd_tracks" in case:
        check_prediction(case, predict_offline(network, frames, queries, backward=True, **options), "bwd_")
    for name in case.arrays:
        if match := re.fullmatch(r"grid(\d+)_tracks", name):
            options["support_grid"] = 0
            prediction = predict_offline(network, frames, recorded_grid(case, int(match[1])), **options)
            check_prediction(case, prediction, f"grid{match[1]}_")


def recorded_grid(case: GoldenCase, n_side: int) -> torch.Tensor:
    """The grid that was asked for, on the frame where the recorded tracks equal it."""
    video = case.meta["video"]
    size = tuple(case.meta["model_resolution"])
    queries = grid_queries(n_side, size)
    queries[:, 1:] *= torch.tensor(pixel_scale(size, (video["H"], video["W"])))
    distance = np.abs(case[f"grid{n_side}_tracks"] - queries[:, 1:].numpy()).max((1, 2))
    queries[:, 0] = int(distance.argmin())
    return queries


def online_predictor_case(case: GoldenCase, network: CoTracker3) -> None:
    frames = case.frames()
    predictor = OnlinePredictor(network, case.queries(), case.meta["iters"])
    # The first entry only announces the queries.
    for start, stop in case["chunks"][1:].tolist():
        prediction = predictor.feed(frames[start:stop])
    check_prediction(case, prediction)


def optimization_case(case: GoldenCase, network: CoTracker3) -> None:
    frames = case.frames().float()
    if not case.meta["norm11"]:
        # Undoes the normalization to come: the released tool leaves it out.
        frames = (frames + 1) * 127.5
    pyramid = check_features(case, network, frames)
    rows = torch.from_numpy(case["keyframes_id_t_x_y"]).float()
    labels = KeypointLabels(rows[:, 1].long(), rows[:, 0].long(), rows[:, 2:])
    steps = optimize_published(
        network,
        pyramid,
        case.queries(),
        labels,
        n_steps=case.meta["steps"],
        learning_rate=case.meta["lr"],
        keep_all=True,
    )
    for i, step in enumerate(steps):
        check = np.testing.assert_allclose
        check(step.output.tracks, case["tracks_per_step"][i], 0, FINAL_PX, err_msg=f"step {i}")
        check(step.output.visibility, case["vis_per_step"][i], 0, PROBABILITY)
        check(step.output.confidence, case["conf_per_step"][i], 0, PROBABILITY)
        check(step.track_loss, case["track_loss"][i], 1e-5)
        check(step.regularization, case["reg_loss"][i], 1e-5)
        check(step.loss, case["loss"][i], 1e-5)
        gradient, template = recorded_order(case, step.gradient), recorded_order(case, step.template)
        error = np.linalg.norm(gradient - case["grad_val"][i]) / np.linalg.norm(case["grad_val"][i])
        assert error < 2e-5
        # Adam's first steps are sign-like, so a gradient near zero may go either way.
        assert np.median(np.abs(template - case["kp_val"][i])) < 1e-6
        check(step.gradient.norm(), case["grad_l2"][i], 1e-5)
        check(step.template.norm(), case["kp_l2"][i], 1e-6)
    assert i == case.meta["steps"] - 1


def recorded_order(case: GoldenCase, template: torch.Tensor) -> np.ndarray:
    """Entries of (N, S*S, C) as recorded of (1, 1, 1, S*S, N, C)."""
    return template.transpose(0, 1).reshape(-1).numpy()[case["kp_idx"]]


def handler(case: GoldenCase) -> tuple[Callable[[GoldenCase, CoTracker3], None], str] | None:
    """Which check a case needs, and with which network; None for an unknown kind."""
    model = case.meta["model"]
    if model == "online":
        return (stream_case if "chunks" in case else online_case), "golden_online"
    known = {
        "offline": (offline_case, "golden_offline"),
        "CoTrackerPredictor": (offline_predictor_case, "golden_offline"),
        "CoTrackerOnlinePredictor": (online_predictor_case, "golden_online"),
        "offline+TALPose tto": (optimization_case, "golden_offline"),
    }
    return known.get(model)


# A minute on a free machine, several on one that trains beside.
@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("path", CASES, ids=[path.stem for path in CASES])
def test_recorded_case_is_reproduced(path: Path, request: pytest.FixtureRequest):
    case = GoldenCase(path)
    found = handler(case)
    require(found is not None, f"{path.name} is of a kind this test does not know: {case.meta['model']}")
    check, fixture = found
    check(case, request.getfixturevalue(fixture))


def test_folder_of_recorded_cases_is_there():
    require(bool(CASES), f"no recorded cases in {FOLDER}; TALPOSE_GOLDEN names another folder")
    assert any(handler(GoldenCase(path)) for path in CASES)


# -------------------- a few numbers that are always at hand
#: The reference's results for the two clips below.
OFFLINE_TRACKS = [[53.8484344, 43.4845123], [94.3235092, 16.0334911]]
OFFLINE_VISIBILITY = [0.8263229, 0.8909312]
OFFLINE_CONFIDENCE = [0.7460137, 0.7173445]
ONLINE_TRACKS = [[29.2661266, 38.6481705], [63.5533943, 45.2600212]]
ONLINE_VISIBILITY = [0.6071285, 0.6370047]
ONLINE_CONFIDENCE = [0.4838747, 0.5638766]


def test_offline_network_gives_the_reference_numbers(golden_offline):
    frames = torch.from_numpy(make_video(1, 96, 128, 4)).permute(0, 3, 1, 2)
    queries = torch.tensor([[0.0, 50.0, 50.0], [0.0, 90.0, 20.0]])
    output = golden_offline(frames, queries, iterations=4)
    np.testing.assert_allclose(output.tracks[0], OFFLINE_TRACKS, rtol=0, atol=FINAL_PX)
    np.testing.assert_allclose(output.visibility[0], OFFLINE_VISIBILITY, rtol=0, atol=PROBABILITY)
    np.testing.assert_allclose(output.confidence[0], OFFLINE_CONFIDENCE, rtol=0, atol=PROBABILITY)


def test_online_network_gives_the_reference_numbers(golden_online):
    frames = torch.from_numpy(make_video(10, 96, 128, 8)).permute(0, 3, 1, 2)
    queries = torch.tensor([[0.0, 30.0, 40.0], [7.0, 64.0, 48.0]])
    output = track_online(golden_online, golden_online.encode(frames), queries, iterations=1)
    np.testing.assert_allclose(output.tracks[9], ONLINE_TRACKS, rtol=0, atol=FIRST_PX)
    np.testing.assert_allclose(output.visibility[9], ONLINE_VISIBILITY, rtol=0, atol=PROBABILITY)
    np.testing.assert_allclose(output.confidence[9], ONLINE_CONFIDENCE, rtol=0, atol=PROBABILITY)
