"""The filters by name, with parameters, limits and defaults: what command line and page offer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from talpose_app.errors import UsageError
from talpose_app.tracking.filters.block import TrackBlock
from talpose_app.tracking.filters.gaps import fill_gaps
from talpose_app.tracking.filters.kalman import kalman
from talpose_app.tracking.filters.median import median
from talpose_app.tracking.filters.outliers import reject_outliers
from talpose_app.tracking.filters.savgol import savgol


@dataclass(frozen=True, slots=True)
class FilterParameter:
    """One number the user may set.

    Attributes:
        name: As in ``FilterChoice.parameters``.
        title: For people.
        default: Taken if nothing is said; None is what the filter finds out by itself, or no limit.
        least: Smallest value.
        most: Largest value.
        step: What one step of a slider changes; whole steps make whole numbers.
        unit: ``frames``, ``px``, ``px/frame`` or empty.
        is_odd: Only odd numbers make sense.
        text: What it does, in a sentence.
    """

    name: str
    title: str
    default: float | None
    least: float
    most: float
    step: float = 1
    unit: str = ""
    is_odd: bool = False
    text: str = ""

    def checked(self, value: float | None) -> float | None:
        """Return the value if it is within the limits.

        Raises:
            UsageError: It is not.
        """
        if value is None:
            return self.default
        if not self.least <= value <= self.most:
            limits = f"Choose {self.least:g} to {self.most:g}."
            raise UsageError(f"{self.title} cannot be {value:g}.", hint=limits)
        if self.step == 1 and value != int(value):
            raise UsageError(f"{self.title} is a whole number, not {value:g}.")
        if self.is_odd and value % 2 == 0:
            raise UsageError(
                f"{self.title} must be odd, to have a middle; {value:g} is even.",
                hint=f"Choose {value + 1:g}.",
            )
        return value


@dataclass(frozen=True, slots=True)
class FilterSpec:
    """One filter.

    Attributes:
        name: For scripts.
        title: For people.
        text: What it is for, in a sentence.
        parameters: In the order in which they are shown.
        apply: Called with the checked values in that order.
    """

    name: str
    title: str
    text: str
    parameters: tuple[FilterParameter, ...]
    apply: Callable[..., TrackBlock]

    def checked(self, values: Mapping[str, float | None]) -> dict[str, float | None]:
        """Complete and check parameters.

        Args:
            values: By name; what is missing or None takes its default.

        Returns:
            Every parameter by name; whole numbers as int.

        Raises:
            UsageError: One is unknown or outside its limits, or they do not go together.
        """
        known = {parameter.name for parameter in self.parameters}
        for name in values:
            if name not in known:
                takes = ", ".join(p.name for p in self.parameters)
                raise UsageError(f"The filter {self.name} has no {name}.", hint=f"It takes {takes}.")
        checked = {p.name: _plain(p, p.checked(values.get(p.name))) for p in self.parameters}
        order, window = checked.get("order"), checked.get("window")
        if order is not None and window is not None and order >= window:
            raise UsageError(
                f"A polynomial of degree {order:g} needs a window of more than {window:g} frames.",
                hint="Widen the window, or lower the degree.",
            )
        return checked

    def run(self, block: TrackBlock, values: Mapping[str, float | None]) -> TrackBlock:
        """Filter tracks.

        Raises:
            UsageError: A parameter is not as it must be.
        """
        return self.apply(block, *self.checked(values).values())


def _plain(parameter: FilterParameter, value: float | None) -> float | None:
    return int(value) if value is not None and parameter.step == 1 else value


def _window(default: int, text: str) -> FilterParameter:
    return FilterParameter("window", "Window", default, 3, 101, unit="frames", is_odd=True, text=text)


FILTERS = (
    FilterSpec(
        "kalman",
        "Kalman smoother",
        "Takes out jitter by a model of motion. Sure frames count more than doubtful ones, labels are exact.",
        (
            FilterParameter(
                "noise", "Noise", None, 0.05, 50, 0.05, "px",
                text="How far sure predictions scatter. Found for each point if you leave it open.",
            ),
        ),
        kalman,
    ),
    FilterSpec(
        "savgol",
        "Savitzky-Golay",
        "Takes out jitter by fitting short polynomials. Keeps peaks; good before speeds are computed.",
        (
            _window(7, "Wider smooths more, and flattens quick movements."),
            FilterParameter("order", "Degree", 3, 1, 5, text="A higher degree follows quicker movements."),
        ),
        savgol,
    ),
    FilterSpec(
        "median",
        "Median",
        "Takes out spikes of a frame or two, keeps sudden moves.",
        (_window(5, "Spikes shorter than half of it vanish."),),
        median,
    ),
    FilterSpec(
        "outliers",
        "Reject outliers",
        "Finds frames where a track jumps away and replaces only those, by a curve marked as doubtful.",
        (
            _window(7, "Jumps of up to half of it are found."),
            FilterParameter(
                "threshold", "Threshold", 5, 1, 20, 0.5,
                text="How many times the usual scatter is a jump. Lower finds more.",
            ),
            FilterParameter(
                "max_speed", "Speed limit", None, 0.5, 2000, 0.5, "px/frame",
                text="Faster than this is a jump, however long it lasts. No limit if you leave it open.",
            ),
        ),
        reject_outliers,
    ),
    FilterSpec(
        "gaps",
        "Fill gaps",
        "Draws a smooth curve over frames without a prediction, or with a doubtful one. Marked as doubtful.",
        (
            FilterParameter("max_gap", "Longest gap", 10, 1, 1000, unit="frames", text="Longer ones stay."),
            FilterParameter(
                "min_confidence", "Trust from", 0, 0, 1, 0.05,
                text="Predictions of less confidence are replaced too; 0 replaces none.",
            ),
        ),
        fill_gaps,
    ),
)  # fmt: skip


def filter_named(name: str) -> FilterSpec:
    """Return a filter.

    Raises:
        UsageError: There is none of this name.
    """
    for spec in FILTERS:
        if spec.name == name:
            return spec
    raise UsageError(f"There is no filter {name!r}.", hint=f"There are {', '.join(s.name for s in FILTERS)}.")
