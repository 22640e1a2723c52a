"""Days and times as people write them."""

from datetime import datetime


def seconds_at(text: str) -> float | None:
    """Seconds since 1970 at the end of a day (2026-12-24), or at a day and a time (2026-12-24T12:00); None for others.

    Without a zone it is that of this machine.
    """
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (when.replace(hour=23, minute=59, second=59) if len(text) == len("2026-12-24") else when).timestamp()
