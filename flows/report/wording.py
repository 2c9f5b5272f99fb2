"""Write instants, durations and amounts as a reader of the briefing expects them."""

from datetime import UTC, date, datetime, time

_HOUR, _DAY, _WEEK = 1.0, 24.0, 168.0
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_RELATIONS = {
    "first": "first with its text",
    "copy": "copy",
    "excerpt": "excerpt",
    "update": "update: the text and more",
    "rewrite": "rewrite",
}
_STEPS = {"day": "{}", "week": "week of {}"}


def day(value: date) -> str:
    """Return a date with its day named, ``Mon 27 Jan 2025``, in English whatever the locale."""
    return f"{_DAYS[value.weekday()]} {value.day} {_MONTHS[value.month - 1]} {value.year}"


def instant(value: datetime) -> str:
    """Return an instant in UTC, ``Mon 27 Jan 2025, 08:05 UTC``; midnight sharp is a claim of a day and has no time."""
    value = value.astimezone(UTC)
    return day(value) if value.time() == time() else f"{day(value)}, {value:%H:%M} UTC"


def step(value: date, size: str) -> str:
    """Return the beginning of a *size* (``day``, ``week``, ``month``) as its name."""
    return f"{_MONTHS[value.month - 1]} {value.year}" if size == "month" else _STEPS[size].format(day(value))


def hours(value: float) -> str:
    """Return a duration given in hours: ``at once``, ``55 min``, ``13 h``, ``2 d 4 h``, ``3 weeks``."""
    minutes = round(value * 60)
    if minutes < 1:
        return "at once"
    if value < _HOUR:
        return f"{minutes} min"
    if value < _DAY:
        return f"{value:.1f} h".replace(".0 ", " ")
    days, rest = divmod(round(value), 24)
    if value < _WEEK:
        return f"{days} d {rest} h" if rest else f"{days} d"
    return f"{days:,} d"


def relation(value: str | None) -> str:
    """Return how an article stands to its story, in words."""
    return _RELATIONS.get(value or "", value or "")


def address(value: str | None) -> str | None:
    """Return *value* where it is an address that may be a link (http, https), else None."""
    is_link = value is not None and value.lower().startswith(("http://", "https://"))
    return value if is_link else None
