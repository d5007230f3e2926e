"""When a video says it was recorded; cameras write that, many other programs do not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from talpose_app.video.container import open_container

#: Clocks that were never set begin in 1904, 1970 or 1980; no digital camera recorded before this.
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)

#: A clock may be wrong, or set to the time of another zone, by this much.
_SLACK = timedelta(days=1)


def recorded_at(path: Path) -> datetime | None:
    """Read the time at which a video says it was recorded.

    Args:
        path: The video.

    Returns:
        With its time zone; None if it does not say, without a zone, or what cannot be.

    Raises:
        VideoError: The file cannot be opened.
    """
    container, _ = open_container(path)
    with container:
        # Matroska's tags are in capitals, those of others are not.
        said = {name.lower(): text for name, text in container.metadata.items()}.get("creation_time", "")
    try:
        found = datetime.fromisoformat(said)
    except ValueError:
        return None
    if found.tzinfo is None or not _EARLIEST <= found <= datetime.now(UTC) + _SLACK:
        return None
    return found
