"""
Read the dates of feeds, without ever guessing a wrong one.

feedparser reads common forms silently wrong: ``10:00:00 CET`` as UTC, ``2026/11/20`` as the first of the
month, seconds since 1970 as the year 1795 (46 forms tried, 2026-11). So its values are not used: a form is
known here, or dateparser is asked, or the date stays unknown.
"""

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

#: A claim further ahead is a typing error or a programmed date (feeds carry 2126); 24 hours allow for wrong
#: zones.
MOST_AHEAD = timedelta(hours=24)
#: Earlier than the web: what a zero or a broken field reads as.
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
#: dateparser costs 0.1 s where it must try many forms; a feed whose first dates it cannot read gets no more
#: tries.
_MOST_MISSES = 3
#: Languages whose month names are not in the table below. To try all 200 that dateparser knows costs 2 s at
#: the first miss, these 0.3 s.
_LANGUAGES = [
    "ru", "uk", "bg", "sr", "pl", "cs", "sk", "sl", "hu", "ro", "tr", "el", "sv", "da", "nb", "fi", "et", "lv", "lt",
    "ar", "he", "fa", "id", "vi", "th", "ko",
]  # fmt: skip
_DATE_CHARS = range(6, 61)

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar janvier enero gennaio janeiro januari ene gen janv jän",
            "feb february februar février febrero febbraio fevereiro februari fev fév févr",
            "mar march märz mars marzo março maart mär mrz mrt",
            "apr april avril abril aprile abr avr",
            "may mai mayo maggio maio mei mag",
            "jun june juni juin junio giugno junho giu",
            "jul july juli juillet julio luglio julho juil lug",
            "aug august août agosto augustus aoû ago",
            "sep sept september septembre septiembre settembre setembro set",
            "oct october oktober octobre octubre ottobre outubro okt ott out",
            "nov november novembre noviembre novembro",
            "dec december dezember décembre diciembre dicembre dezembro dez déc dic",
        ),
        start=1,
    )
    for name in names.split()
}

#: Minutes east of UTC. Of the ambiguous ones the reading with the larger press: IST is India, CST the United
#: States, BST Britain, AST the Atlantic. Source: RFC 822 section 5.1; the tz database for the others.
_ZONES = {
    name: minutes
    for minutes, names in {
        0: "z ut utc gmt wet",
        60: "bst cet mez west wat",
        120: "cest mesz eet sast cat",
        180: "eest msk trt eat",
        210: "irst",
        240: "gst",
        300: "pkt",
        330: "ist",
        345: "npt",
        360: "bdt",
        420: "ict wib",
        480: "hkt sgt awst pht myt",
        540: "jst kst",
        570: "acst",
        600: "aest",
        630: "acdt",
        660: "aedt",
        720: "nzst",
        780: "nzdt",
        -180: "brt art clst adt",
        -150: "ndt",
        -210: "nst",
        -240: "edt ast clt",
        -300: "est cdt pet cot",
        -360: "cst mdt",
        -420: "mst pdt",
        -480: "pst akdt",
        -540: "akst",
        -600: "hst",
    }.items()
    for name in names.split()
}

_ZONE = r"\s*(?P<zone>[A-Za-z]{1,5}(?![A-Za-z])(?:\s?[+-]\d{1,2}(?::?\d\d)?)?|[+-]\d{1,2}:?\d{0,2})?"
_TIME = (
    r"(?P<hour>\d\d?)[:h.](?P<minute>\d\d)(?:[:.](?P<second>\d\d)(?:[.,:]\d+)?)?"
    rf"\s*(?P<half>[AaPp]\.?[Mm]\b\.?)?{_ZONE}"
)
_TAIL = r"\s*(?:\([^)]*\))?"
_COMPACT_TIME = rf"(?:[Tt]?(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?{_ZONE})?"
_AT_TIME = rf"(?:,?\s*(?:at|à|um|-)?\s*{_TIME})?"
_GAP = r"[\s-]+(?:de\s+)?"
_WEEKDAY = r"(?:[^\W\d_]+\.?,?\s+)?"
_FORMS = tuple(
    re.compile(form + _TAIL)
    for form in (
        # 2026-11-20T10:00:00Z, 2026-11-20, 2026/11/20 10:00, 2026.11.20, 2026年11月20日 10:00
        rf"(?P<year>\d{{4}})[-/.年](?P<month>\d\d?)[-/.月](?P<day>\d\d?)日?(?:[Tt,\s]*{_TIME})?",
        # 20261120T100000Z, 20261120
        rf"(?P<year>\d{{4}})(?P<month>\d\d)(?P<day>\d\d){_COMPACT_TIME}",
        # 20.11.2026 10:00; with slashes the order of day and month is anybody's guess
        rf"(?P<day>\d\d?)\.\s?(?P<month>\d\d?)\.\s?(?P<year>\d{{4}})(?:,?\s*(?:-|um)?\s*{_TIME})?",
        # Fri, 20 Nov 2026 10:00:00 +0100; 20-Nov-26; 20 de noviembre de 2026
        rf"{_WEEKDAY}(?P<day>\d\d?)(?:st|nd|rd|th|\.)?{_GAP}(?P<name>[^\W\d_]+)\.?,?{_GAP}(?P<year>\d{{4}}|\d\d){_AT_TIME}",
        # November 20, 2026 10:00 AM EST; Fri, Nov 20 2026
        rf"{_WEEKDAY}(?P<name>[^\W\d_]{{3,}})\.?\s+(?P<day>\d\d?)(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}}){_AT_TIME}",
        # Fri Nov 20 10:00:00 GMT 2026
        rf"[^\W\d_]+\s+(?P<name>[^\W\d_]{{3,}})\s+(?P<day>\d\d?)\s+{_TIME}\s+(?P<year>\d{{4}})",
    )
)
_EPOCH = re.compile(r"\d{9,10}(?:\.\d+)?|\d{12,13}")
_OFFSET = re.compile(r"([+-])(\d\d?):?(\d\d)?$")


class DateReader:
    """
    Reads the dates of one feed.

    Args:
        now: Aware UTC; a date more than ``MOST_AHEAD`` behind it is refused.
        language: What the feed says of itself (``fr-CA``), for month names that are not in the table here.
    """

    def __init__(self, *, now: datetime, language: str | None = None) -> None:
        self._now = now
        self._language = language.partition("-")[0].lower() if language else None
        self._misses = 0

    def read(self, *claims: str | None) -> tuple[datetime | None, str | None]:
        """
        Return (instant in UTC, the claim as written) of the first of *claims* that can be read.

        Args:
            claims: What stands in the fields for a date, the best one first. Without a zone it is taken for
                UTC.

        Returns:
            (None, the first claim) where none can be read or believed; (None, None) where there is none.
        """
        written = [claim.strip() for claim in claims if claim and claim.strip()]
        for claim in written:
            instant = self._instant(claim)
            if instant is not None and _EARLIEST <= instant <= self._now + MOST_AHEAD:
                return instant, claim
        return None, written[0] if written else None

    def _instant(self, claim: str) -> datetime | None:
        if len(claim) not in _DATE_CHARS:
            return None
        known = known_form(claim)
        if known is not None or self._misses >= _MOST_MISSES:
            return known
        if not any(character.isalpha() for character in claim):
            return None
        guessed = _guess(claim, self._language)
        self._misses += guessed is None
        return guessed


@lru_cache(maxsize=4096)
def known_form(claim: str) -> datetime | None:
    """
    Return the instant in UTC that *claim* states in a form known here, else None.

    Args:
        claim: ISO 8601, RFC 822 with real zone names, year-month-day with any separator, English and Western
            European
            month names, seconds or milliseconds since 1970.
    """
    text = " ".join(claim.split())
    if _EPOCH.fullmatch(text):
        seconds = float(text)
        return datetime.fromtimestamp(seconds / 1000 if seconds > 1e11 else seconds, UTC)  # noqa: PLR2004
    for form in _FORMS:
        match = form.fullmatch(text)
        if match is not None:
            return _from_match({key: value for key, value in match.groupdict().items() if value is not None})
    return None


def _from_match(found: dict[str, str]) -> datetime | None:
    month = int(found["month"]) if "month" in found else _MONTHS.get(found["name"].lower())
    if month is None:
        return None
    year = int(found["year"])
    if len(found["year"]) == 2:  # noqa: PLR2004 - two digits; RFC 822
        year += 2000 if year < 70 else 1900  # noqa: PLR2004 - POSIX: 69 is 1969, here one more year
    hour = int(found.get("hour", 0))
    half = found.get("half", "").lower()[:1]
    if half and 1 <= hour <= 12:  # noqa: PLR2004
        hour = hour % 12 + (12 if half == "p" else 0)
    # 24:00:00 ends a day (ISO 8601); 23:59:60 is a leap second.
    days, hour = divmod(hour, 24) if hour == 24 else (0, hour)  # noqa: PLR2004
    second = min(int(found.get("second", 0)), 59)
    try:
        zone = timezone(timedelta(minutes=_offset_minutes(found.get("zone", ""))))
        local = datetime(year, month, int(found["day"]), hour, int(found.get("minute", 0)), second, tzinfo=zone)
        return (local + timedelta(days=days)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _offset_minutes(zone: str) -> int:
    """Return minutes east of UTC of ``+0100``, ``GMT+9``, ``CET``; 0 for what is unknown or impossible (``+3000``)."""
    match = _OFFSET.search(zone)
    if match is None:
        return _ZONES.get(zone.lower(), 0)
    minutes = int(match[2]) * 60 + int(match[3] or 0)
    # No place is further from Greenwich than Kiribati.
    return 0 if minutes > 14 * 60 else minutes if match[1] == "+" else -minutes


@lru_cache(maxsize=1024)
def _guess(claim: str, language: str | None) -> datetime | None:
    """Return what dateparser makes of a form or a language that is not known here."""
    import dateparser

    settings = {
        "TIMEZONE": "UTC",
        "RETURN_AS_TIMEZONE_AWARE": True,
        "REQUIRE_PARTS": ["day", "month", "year"],
        # "3 hours ago" would read the clock.
        "PARSERS": ["absolute-time"],
    }
    for languages in ([language], _LANGUAGES) if language else (_LANGUAGES,):
        try:
            found = dateparser.parse(claim, languages=languages, settings=settings)
        except (ValueError, OverflowError):
            # What a feed says of its language need not be one.
            continue
        if found is not None:
            return found.astimezone(UTC)
    return None
