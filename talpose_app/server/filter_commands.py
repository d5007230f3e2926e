"""Commands that filter tracks: what a filter would do, and doing it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from talpose_app.protocol import messages as m
from talpose_app.protocol.parts import FilterParameterState
from talpose_app.server.convert import block, point_ref
from talpose_app.server.edits import points_of
from talpose_app.server.handlers import Methods
from talpose_app.session.filtering import FilteredTracks, FilterOptions
from talpose_app.session.session import Session
from talpose_app.tracking.filters.registry import FILTERS


class FilterCommands:
    """Preview and apply.

    Args:
        session: The open one; raises ``TalposeError`` if there is none.
    """

    def __init__(self, session: Callable[[], Session]) -> None:
        self._session = session

    @property
    def methods(self) -> Methods:
        """The methods by command."""
        return {m.PreviewFilter: self.preview_filter, m.ApplyFilter: self.apply_filter}

    def preview_filter(self, command: m.PreviewFilter) -> m.Reply:
        """Say what a filter would make of the tracks."""
        session = self._session()
        return _preview(command.id, session.preview_filter(_options(command.filter, session)))

    def apply_filter(self, command: m.ApplyFilter) -> m.Reply:
        """Filter the tracks."""
        session = self._session()
        session.apply_filter(_options(command.filter, session))
        return m.Done(id=command.id, revision=session.revision)


def filter_states() -> list[m.FilterState]:
    """The filters that can be chosen, in the order in which they are offered."""
    return [
        m.FilterState(
            name=spec.name,
            title=spec.title,
            text=spec.text,
            parameters=[
                FilterParameterState(
                    name=parameter.name,
                    title=parameter.title,
                    default=parameter.default,
                    least=parameter.least,
                    most=parameter.most,
                    step=parameter.step,
                    unit=parameter.unit,
                    is_odd=parameter.is_odd,
                    text=parameter.text,
                )
                for parameter in spec.parameters
            ],
        )
        for spec in FILTERS
    ]


def _options(settings: m.FilterSettings, session: Session) -> FilterOptions:
    n_frames = session.project.video.n_frames
    return FilterOptions(
        name=settings.name,
        parameters=settings.parameters,
        points=None if settings.points is None else tuple(points_of(settings.points)),
        span=(settings.start or 0, n_frames if settings.stop is None else settings.stop),
    )


def _preview(command_id: int, filtered: FilteredTracks) -> m.FilterPreview:
    frames = slice(*filtered.span)
    moved = filtered.moved_px[filtered.is_changed & np.isfinite(filtered.moved_px)]
    return m.FilterPreview(
        id=command_id,
        start=filtered.span[0],
        points=[point_ref(point) for point in filtered.points],
        positions=block(filtered.positions[frames], "f4"),
        visibility=block(filtered.visibility[frames], "u1"),
        confidence=block(filtered.confidence[frames], "f4"),
        n_changed=filtered.is_changed.sum(axis=0).tolist(),
        mean_px=float(moved.mean()) if len(moved) else None,
        max_px=float(moved.max()) if len(moved) else None,
    )
