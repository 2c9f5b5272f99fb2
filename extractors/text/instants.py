"""Read the instants that pages claim, in the forms that pages use."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

#: No web page was published before it.
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
#: Clocks and zones disagree by no more.
_LATEST_AHEAD = timedelta(hours=24)
_EPOCH = re.compile(r"^\d{10}(?:\d{3})?$")
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?)?$")
_LOOSE_ISO = re.compile(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T\s]+(\d{1,2}):(\d{2})(?::(\d{2}))?(?:[.,]\d+)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?"
)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar enero ene janvier gennaio janeiro januari",
            "feb february februar febrero février fevrier febbraio fevereiro februari",
            "mar march märz maerz marzo mars março maart",
            "apr april abril avril aprile avr",
            "may mai mayo maggio maio mei",
            "jun june juni junio juin giugno junho",
            "jul july juli julio juillet luglio julho",
            "aug august agosto août aout augustus ago",
            "sep sept september septiembre septembre settembre setembro",
            "oct october oktober octubre octobre ottobre outubro okt",
            "nov november noviembre novembre novembro",
            "dec december dezember diciembre décembre dicembre dezembro dez dic",
        ),
        start=1,
    )
    for name in names.split()
}
_DAY_MONTH = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th|\.|º)?\s+(?:de\s+)?([^\W\d_]{3,10})\.?,?\s+(?:de\s+)?(\d{4})\b")
_MONTH_DAY = re.compile(r"\b([^\W\d_]{3,10})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\b")
_NUMERIC = re.compile(
    r"(?<![\d.])(\d{1,2})([./-])(\d{1,2})\2((?:19|20)\d{2})(?!\d|\.\d)(?:\D{1,6}(\d{1,2})[:.h](\d{2}))?"
)
_MONTHS_A_YEAR = 12
#: Languages, with their regions, that write the month first (Unicode CLDR 46, short dates).
_MONTH_FIRST = frozenset({"en", "en-us", "en-ph", "fil", "es-us"})
_DAY_FIRST_HOSTS = (
    ".uk",
    ".au",
    ".nz",
    ".ie",
    ".in",
    ".za",
    ".ng",
    ".ke",
    ".gh",
    ".pk",
    ".my",
    ".sg",
    ".hk",
    ".mt",
    ".cy",
)
_URL_DATE = re.compile(r"(?<!\d)((?:19|20)\d{2})([/._-]?)(0?[1-9]|1[0-2]|[a-z]{3,9})\2(0?[1-9]|[12]\d|3[01])(?!\d)")


def puts_month_first(language: str | None, url: str) -> bool:
    """Tell whether a page writes 3/4/2025 for the fourth of March: English does, most of it."""
    code = (language or "").replace("_", "-").lower()
    host = urlsplit(url).hostname or ""
    return code in _MONTH_FIRST and not (code == "en" and host.endswith(_DAY_FIRST_HOSTS))


def read_instant(raw: str, *, now: datetime, month_first: bool = False) -> datetime | None:
    """
    Return the instant that *raw* claims, in UTC.

    Args:
        raw: ISO 8601 in its looser forms, RFC 2822, Unix seconds or milliseconds, or a day in words.
        now: Aware UTC; what lies more than 24 hours after it is refused, and what lies before 1990.
        month_first: Whether 3/4/2025 is the fourth of March; days with dots always begin with the day.

    Returns:
        Aware UTC; a claim without a zone is taken as UTC. None where nothing believable can be read.
    """
    raw = raw.strip()
    for parse in (_iso, _epoch, _compact, _rfc2822, _loose, _in_words):
        try:
            found = parse(raw)
        except (ValueError, OverflowError, TypeError, IndexError):
            continue
        if found is not None:
            return believable(found, now=now)
    found = _numeric(raw, month_first=month_first)
    return believable(found, now=now) if found is not None else None


def believable(instant: datetime, *, now: datetime) -> datetime | None:
    """Return *instant* in UTC, or None where no page can have been published then."""
    try:
        aware = instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
    except (OverflowError, ValueError):
        return None
    return aware if _EARLIEST <= aware <= now + _LATEST_AHEAD else None


def url_instant(url: str, *, now: datetime) -> datetime | None:
    """Return the day that the path of *url* names (/2025/01/31/, /2025/jan/31/, 20250131), None for none."""
    path = re.sub(r"^[a-z]+://[^/]*", "", url.lower())
    for match in _URL_DATE.finditer(path.split("?", 1)[0]):
        year, separator, month, day = match.groups()
        if not separator and (month.isalpha() or len(month) < 2 or len(day) < 2):  # noqa: PLR2004
            continue
        number = _MONTHS.get(month, 0) if month.isalpha() else int(month)
        try:
            found = believable(datetime(int(year), number, int(day), tzinfo=UTC), now=now)
        except ValueError:
            continue
        if found is not None:
            return found
    return None


def _iso(raw: str) -> datetime | None:
    """Read ISO 8601 as Python does."""
    return datetime.fromisoformat(raw) if raw[:4].isdigit() and len(raw) > 8 and not raw.isdigit() else None  # noqa: PLR2004


def _epoch(raw: str) -> datetime | None:
    """Read Unix seconds or milliseconds."""
    if not _EPOCH.match(raw):
        return None
    seconds = int(raw) / (1000 if len(raw) > 10 else 1)  # noqa: PLR2004
    return datetime.fromtimestamp(seconds, tz=UTC)


def _compact(raw: str) -> datetime | None:
    """Read 20250131, with or without a time."""
    match = _COMPACT.match(raw)
    if not match:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


def _rfc2822(raw: str) -> datetime | None:
    """Read the form of mail and RSS."""
    return (
        parsedate_to_datetime(raw)
        if re.match(r"^(?:[A-Za-z]{3},\s*)?\d{1,2}\s+[A-Za-z]{3}\s+\d{4}\s+\d", raw)
        else None
    )


def _loose(raw: str) -> datetime | None:
    """Read a date in ISO's order anywhere in *raw*, with or without time and zone."""
    match = _LOOSE_ISO.search(raw)
    if not match:
        return None
    year, month, day, hour, minute, second, zone = match.groups()
    stamp = f"{year}-{int(month):02}-{int(day):02}T{int(hour or 0):02}:{minute or '00'}:{second or '00'}"
    return datetime.fromisoformat(stamp + ("+00:00" if zone in (None, "Z", "UTC", "GMT") else zone))


def _numeric(raw: str, *, month_first: bool) -> datetime | None:
    """Read 31.1.2025, 31/01/2025 or 1/31/2025; a number over twelve is the day whatever the custom."""
    match = _NUMERIC.search(raw)
    if not match:
        return None
    one, mark, two, year, hour, minute = match.groups()
    first, second = int(one), int(two)
    swapped = second > _MONTHS_A_YEAR or (month_first and mark == "/" and first <= _MONTHS_A_YEAR)
    day, month = (second, first) if swapped else (first, second)
    try:
        return datetime(int(year), month, day, int(hour or 0), int(minute or 0), tzinfo=UTC)
    except ValueError:
        return None


def _in_words(raw: str) -> datetime | None:
    """Read a day whose month is named, in eight languages."""
    for pattern, order in ((_DAY_MONTH, (0, 1, 2)), (_MONTH_DAY, (1, 0, 2))):
        for match in pattern.finditer(raw):
            day, month, year = (match.groups()[place] for place in order)
            number = _MONTHS.get(month.lower())
            if number:
                return datetime(int(year), number, int(day), tzinfo=UTC)
    return None
