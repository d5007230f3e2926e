"""Methods by the names that ``--tracker`` takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.accuracy.curves import linear, no_motion, pchip
from benchmarks.accuracy.engine_method import LoadedTracker, RefineMethod, TrackMethod
from benchmarks.accuracy.flows import dense_inverse_search, lucas_kanade
from benchmarks.accuracy.method import Baseline, Method
from benchmarks.accuracy.viterbi import xfeat_viterbi
from talpose_app.tracking.tracker import RefineOptions

BASELINES = {
    "none": ("no motion", no_motion),
    "linear": ("linear", linear),
    "pchip": ("PCHIP", pchip),
    "lk": ("LK", lucas_kanade),
    "dis": ("DIS", dense_inverse_search),
    "xfeat-viterbi": ("XFeat + Viterbi", xfeat_viterbi),
}

#: With one label a point, curves through the labels are no motion.
_ALL_BUT_CURVES = ("none", "lk", "dis", "xfeat-viterbi")


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """How the program's own trackers are run.

    Attributes:
        refine_steps: Steps of REFINE after TRACK; 0 for none.
        published_steps: Steps of the published test-time optimization; 0 for none.
        device: Where the network runs.
    """

    refine_steps: int = 0
    published_steps: int = 0
    device: str = "cpu"


def make_methods(names: Sequence[str], protocol: str, options: EngineOptions) -> list[Method]:
    """Make the methods of some names; ``baselines`` stands for all that fit the protocol.

    Raises:
        TrackerError: A name is neither a baseline nor a checkpoint.
    """
    methods: list[Method] = []
    for name in _expanded(names, protocol):
        if name in BASELINES:
            methods.append(Baseline(*BASELINES[name]))
        else:
            methods += _engine_methods(name, options)
    return methods


def _expanded(names: Sequence[str], protocol: str) -> list[str]:
    fitting = _ALL_BUT_CURVES if protocol == "first" else tuple(BASELINES)
    wanted = [one for name in names for one in (fitting if name == "baselines" else (name,))]
    return list(dict.fromkeys(wanted))


def _engine_methods(name: str, options: EngineOptions) -> list[Method]:
    loaded = LoadedTracker(name, options.device)
    track = TrackMethod(loaded)
    methods: list[Method] = [track]
    if options.published_steps:
        methods.append(
            RefineMethod(loaded, track, RefineOptions(options.published_steps, method="published"))
        )
    if options.refine_steps:
        methods.append(RefineMethod(loaded, track, RefineOptions(options.refine_steps)))
    return methods
