"""What a bare number counts, or why it counts nothing: a date, a name, a rank, an age."""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, Final

from extractors.facts.alternation import one_of
from extractors.facts.figures_amounts import Amount

_TABLES: Final[dict[str, Any]] = tomllib.loads(
    files("extractors.facts").joinpath("figures_words.toml").read_text(encoding="utf-8")
)


@cache
def _words(*path: str) -> frozenset[str]:
    table: Any = _TABLES
    for key in path:
        table = table.get(key, {})
    return frozenset(table.split()) if table else frozenset()


#: Names that are never what a figure is about.
NO_SUBJECTS: Final = _words("subjects", "no")
_LABELS: Final = _words("labels", "any")
_PLURALS: Final = _words("plurals", "en")
_SINGULARS: Final = _words("plurals", "singular")
_NO_PLURALS: Final = _words("plurals", "not")
_MEASURES: Final = one_of(_words("measures", "units"))
_RATES: Final = one_of(_words("measures", "rates"))
_MEASURE: Final = re.compile(rf"[\s\u00a0-]?(?:(?P<rate>{_RATES})|(?P<unit>{_MEASURES}))(?![A-Za-z0-9_/])")
_CUBIC: Final = re.compile(
    r"\s(?:cubic|square)\s(?:foot|feet|inch|inches|metres?|meters?|miles?|yards?)\b|\scu\.?\s?ft\b|\ssq\.?\s?ft\b"
)
#: Distance an hour, in words.
_SPEED: Final = re.compile(
    r"[\s\u00a0-](?:miles|kilometers|kilometres|kilómetros|kilomètres|chilometri|quilômetros|Kilometern?|km)\s"
    r"(?:per|an|por|par|pro|in\sder|à\sl['’]|all['’])\s?(?:hour|hora|heure|Stunde|ora)\b"
)
_DEGREES: Final = re.compile(r"\s?(?:degrees?(?:\s(?:Celsius|Fahrenheit|C|F)\b)?|°\s?[CF]?|℃)|(?<=\d\d)[CF](?![^\W_])")
_COUNTERS: Final = re.compile(one_of(_words("counters", "yes")))
#: "14个月" are months.
_MONTHS: Final = re.compile("多?(?:月|小时|小時|星期|世纪|世紀|年|礼拜)")
_CJK: Final = re.compile(r"[一-鿿ぁ-ヿ가-힣]")
_HYPHENED: Final = re.compile(r"-([a-zA-Z]{3,}(?:-[a-z]{2,})?)(?![\w])")
_ACRONYMS: Final = re.compile(r"[A-Z]{2,}s\b")
_ACRONYM: Final = re.compile(r"(?!AM\b|PM\b|BC\b|AD\b)[A-Z]{2,5}$")
_OF_THE: Final = re.compile(r"\sof\s(?:(?:the|its|their|his|her|our|these|those|all)\s)+(?:world’s\s|world's\s)?")
_TOKEN: Final = re.compile(r"[ \u00a0]([^\W\d_][\w’'&.-]*)")
_PREVIOUS: Final = re.compile(r"([^\s(\[“\"'‘«„]+)[\s\u00a0]$")
_PARTITIVE: Final = re.compile(r"(?:[\s\u00a0]d[e']|\s?d’)\s?")
_YEAR_DIGITS: Final = 4
_YEAR_FIRST: Final = 1700
_YEAR_LAST: Final = 2100
_MOST_WORDS: Final = 6
_SHORTEST_NOUN: Final = 3
_SHORTEST_PLURAL: Final = 4
_LARGE: Final = 1000
#: Hyphened to a number these make no count of things.
_NO_HYPHENED: Final = frozenset({"old", "something", "strong", "plus", "fold", "and", "day", "hour", "year"})
#: After a year only these are counted: "2000 people", never "2016 elections".
#: Characters in which a hedge and a verb may stand before a number.
_SIGHT: Final = 50
_HURT: Final = re.compile(
    r"\b(?:kill|injur|wound|arrest|displac|hospitali[sz]|detain)(?:s|e|es|ed|ing)?\s"
    r"(?:(?:at\sleast|more\sthan|over|about|around|some|nearly|almost|up\sto|another|as\smany\sas|"
    r"an\sestimated|all)\s)?$",
    re.IGNORECASE,
)
#: "a total of about 270", "another 100 in Canada": the thing was named before.
_TOTAL: Final = re.compile(r"\b(?:a\stotal\sof|totall?ing|another)\s(?:about\s|around\s|some\s|nearly\s|over\s)?$")
_IN_PLACE: Final = re.compile(r"(?:\sor\sso)?\s(?:in|at|across|by|of\sthem)\b|[.,;]")
_WERE: Final = re.compile(
    r"\s(?:(?:others?\s)?(?:were|have\sbeen|had\sbeen|remain)\s[a-z]|of\sthem\b|"
    r"of\sthe\s(?:approximately\s|roughly\s|about\s)?\d)"
)
_NUMBER_WORDS: Final = frozenset({"two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "twelve"})
_PEOPLE: Final = frozenset(
    {"people", "men", "women", "children", "troops", "soldiers", "workers", "jobs", "employees", "personen", "menschen"}
)
_SPACES: Final = "\u00a0 "


class Unit:
    """The thing counted and where its words end."""

    __slots__ = ("end", "is_rate", "name")

    def __init__(self, name: str | None, end: int, *, is_rate: bool = False) -> None:
        self.name = name
        self.end = end
        self.is_rate = is_rate


def unit_of(text: str, amount: Amount, *, language: str, is_hedged: bool) -> Unit | None:
    """
    Return what the bare number *amount* counts, or None where it is no count.

    Args:
        text: The text.
        amount: A numeral without currency, percent sign or "times".
        language: ISO 639-1 or "".
        is_hedged: "about", "more than" and the like stand before it: then it is no year.
    """
    if _is_label(text, amount, language=language):
        return None
    found = _measured(text, amount) or _counted(text, amount, language=language)
    if found is None:
        return _large(text, amount) or (_elided(text, amount) if language in {"", "en"} else None)
    if _is_year(text, amount) and not is_hedged and (found.name or "").rpartition(" ")[2].lower() not in _PEOPLE:
        return None
    return found


def _is_year(text: str, amount: Amount) -> bool:
    digits = text[amount.number_start : amount.number_end]
    return digits.isdecimal() and len(digits) == _YEAR_DIGITS and _YEAR_FIRST <= amount.value <= _YEAR_LAST


def _is_label(text: str, amount: Amount, *, language: str) -> bool:
    """Tell whether the word before makes the number a name, a date, an age."""
    previous = _PREVIOUS.search(text, max(0, amount.start - 30), amount.start)
    if previous is None:
        return text[max(0, amount.start - 1) : amount.start] in {"#", "№", "第"}
    word = previous[1]
    if word.lower().rstrip(",") in _LABELS and not amount.has_magnitude:
        return not (
            word.islower() and word in {"may", "march", "mark", "lines", "part", "day", "week", "year", "mai", "mars"}
        )
    if amount.has_magnitude or "," in text[amount.number_start : amount.number_end]:
        return False
    return _is_name(word, at_start=_starts_sentence(text, previous.start(1)), language=language)


def _is_name(word: str, *, at_start: bool, language: str) -> bool:
    """Tell whether *word* is a name that the number may belong to ("Llama 4", "S&P 500")."""
    if not word[-1].isalnum() or word.lower() in _words("stop", "en") or word.lower() in _words("stop", language):
        return False
    if word.lower() in _NUMBER_WORDS:
        return True
    plain = word.rpartition("-")[2] or word
    if plain.islower() and "-" in word:
        return False
    if any(char.isdigit() for char in word) or (len(word) > 1 and any(char.isupper() for char in word[1:])):
        return True
    return word[0].isupper() and not at_start and language != "de"


def _starts_sentence(text: str, at: int) -> bool:
    before = text[max(0, at - 3) : at].rstrip("“\"'‘«„ \u00a0")
    return not before or before[-1] in ".!?:\n…"


def _measured(text: str, amount: Amount) -> Unit | None:
    """Read "5 km", "30C", "60 mph", "50 kilómetros por hora"."""
    if found := _SPEED.match(text, amount.end):
        return Unit(found[0].strip(_SPACES), found.end(), is_rate=True)
    if found := _DEGREES.match(text, amount.end):
        return Unit(found[0].strip(), found.end())
    if found := _CUBIC.match(text, amount.end):
        return Unit(found[0].strip(), found.end())
    if found := _MEASURE.match(text, amount.end):
        gap = amount.end < found.start("rate" if found["rate"] else "unit")
        if found["unit"] == "m" and gap and amount.has_magnitude:
            return None
        return Unit(found["rate"] or found["unit"], found.end(), is_rate=bool(found["rate"]))
    return None


def _counted(text: str, amount: Amount, *, language: str) -> Unit | None:
    """Read the noun after the number."""
    following = text[amount.end : amount.end + 1]
    if following and _CJK.match(following):
        found = _COUNTERS.match(text, amount.end)
        return Unit(found[0], found.end()) if found and not _MONTHS.match(text, found.end()) else None
    if language in {"zh", "ja", "ko"}:
        return None
    if following == "-":
        return _hyphened(text, amount, language=language)
    if language in {"", "en"}:
        return _english(text, amount)
    return _other(text, amount, language=language)


def _hyphened(text: str, amount: Amount, *, language: str) -> Unit | None:
    """Read "4,000-person", "2-degree"."""
    found = _HYPHENED.match(text, amount.end)
    if found is None:
        return None
    word = found[1].lower().partition("-")[0]
    is_time = word in _words("time", language or "en") or word in _words("time", "en")
    if is_time or word in _NO_HYPHENED or word in _words("stop", "en"):
        return None
    return Unit(found[1], found.end())


def _english(text: str, amount: Amount) -> Unit | None:
    at = amount.end + (text[amount.end : amount.end + 2] == "+ ")
    if found := _OF_THE.match(text, at):
        at = found.end() - 1
    first = at
    for _ in range(_MOST_WORDS):
        token = _TOKEN.match(text, at)
        if token is None:
            break
        word = token[1].rstrip(".'’-").lower()
        if word in _words("time", "en"):
            return Unit(None, -1) if at == first else None
        if word in _words("stop", "en") or word.endswith(("'s", "’s")):
            break
        end = token.start(1) + len(token[1].rstrip(".'’-"))
        if (
            _is_plural(word)
            or _ACRONYMS.match(token[1])
            or (at == first and amount.value % 1 and _ACRONYM.match(token[1].rstrip(".")))
            or (at == first and (amount.value == 1 or amount.value % 1) and word in _SINGULARS)
        ):
            return Unit(text[first:end].strip(_SPACES), end)
        if token[1].endswith("."):
            break
        at = token.end()
    return None


def _is_plural(word: str) -> bool:
    if word in _PLURALS:
        return True
    if len(word) < _SHORTEST_PLURAL or word in _NO_PLURALS:
        return False
    return word.endswith("s") and not word.endswith(("ss", "us", "is", "ous", "'s", "’s"))


def _other(text: str, amount: Amount, *, language: str) -> Unit | None:
    """Read the noun in other languages: the next word, in German the next with a capital."""
    at = amount.end
    if found := _PARTITIVE.match(text, at):
        at = found.end() - 1
    first = at
    for _ in range(3 if language == "de" else 1):
        token = _TOKEN.match(text, at) or (re.compile(r"()([^\W\d_]\w+)").match(text, at + 1) if at == first else None)
        if token is None:
            return None
        word = token[token.lastindex or 1].rstrip(".'’-")
        end = token.start(token.lastindex or 1) + len(word)
        if word.lower() in _words("time", language):
            return Unit(None, -1)
        if word.lower() in _words("stop", language) or len(word) < _SHORTEST_NOUN:
            return None
        if language != "de" and word[0].isupper():
            return None
        if language != "de" or word[0].isupper():
            return Unit(text[first:end].strip(_SPACES), end)
        at = token.end()
    return None


def _elided(text: str, amount: Amount) -> Unit | None:
    """Let people who are hurt go without a noun: "killed 13", "another 5 were killed", "191 of the files"."""
    if _is_year(text, amount) or amount.value % 1 or text[amount.end : amount.end + 1] in {"-", "–", "/", ":"}:
        return None
    left = text[max(0, amount.start - _SIGHT) : amount.start]
    is_counted = _HURT.search(left) or _WERE.match(text, amount.end) or text.startswith(" or so in ", amount.end)
    is_total = _TOTAL.search(left) and _IN_PLACE.match(text, amount.end)
    return Unit(None, amount.end) if is_counted or is_total else None


def _large(text: str, amount: Amount) -> Unit | None:
    """Let a large number stand without a thing: "a population of 1.3 billion"."""
    digits = text[amount.number_start : amount.number_end]
    is_grouped = amount.value >= _LARGE and not digits.isdecimal() and amount.value % 1 == 0
    return Unit(None, amount.end) if amount.has_magnitude or is_grouped else None


@cache
def time_words(language: str) -> frozenset[str]:
    """Return the words for spans of time in *language*."""
    return _words("time", language or "en")
