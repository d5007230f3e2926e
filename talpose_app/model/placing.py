"""Where a new label may lie.

Labels that are there already stay wherever they are: undo and old files keep them.
"""

from __future__ import annotations

from collections.abc import Iterator

from talpose_app.errors import EditError
from talpose_app.model.edits import Batch, ChangeLabels, Edit
from talpose_app.model.label import Label
from talpose_app.model.video import VideoInfo

#: How many pictures beside the picture a label may lie. A tail may reach out of it; what lies further off is
#: a slip of the pen, and a path fitted through it leaves the range of float32.
MAX_PICTURES_OUTSIDE = 10


def check_placed(edit: Edit, video: VideoInfo) -> None:
    """Refuse an edit that places a label absurdly far from the picture.

    Raises:
        EditError: It does.
    """
    for label in _placed(edit):
        if not (_is_near(label.x, video.width) and _is_near(label.y, video.height)):
            raise EditError(
                f"A label at ({label.x:g}, {label.y:g}) lies too far from the "
                f"{video.width}x{video.height} picture (frame {label.frame_idx}).",
                hint="Positions are pixels of the video; check the numbers.",
            )


def _placed(edit: Edit) -> Iterator[Label]:
    """The labels an edit sets that have a position."""
    match edit:
        case ChangeLabels(changes):
            yield from (c.label for c in changes if c.label is not None and c.label.has_position)
        case Batch(edits):
            for part in edits:
                yield from _placed(part)
        case _:
            return


def _is_near(position: float, extent: int) -> bool:
    beside = MAX_PICTURES_OUTSIDE * extent
    return -beside <= position <= extent + beside
