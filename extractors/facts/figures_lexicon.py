"""Words and signs by which amounts are told, as patterns; the tables stand in ``figures.toml``."""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, Final

from extractors.facts.alternation import one_of
from extractors.facts.folding import fold

_TABLES: Final[dict[str, Any]] = tomllib.loads(
    files("extractors.facts").joinpath("figures.toml").read_text(encoding="utf-8")
)
LONG_SCALE: Final = frozenset(_TABLES["scales"]["long"])
DECIMAL_COMMA: Final = frozenset(_TABLES["scales"]["comma"])
#: Sign before the number: ISO 4217.
SIGNS: Final[dict[str, str]] = _TABLES["currencies"]["signs"]
#: Word after the number: ISO 4217, "?" for a bare dollar, "¢" appended for a hundredth.
WORDS: Final[dict[str, str]] = _TABLES["currencies"]["words"]
#: Language: what "kr" means.
CROWNS: Final[dict[str, str]] = _TABLES["currencies"]["kr"]
#: Units of a dollar currency in one United States dollar, lowest and highest.
DOLLARS: Final[dict[str, list[float]]] = _TABLES["currencies"]["dollars"]
PER_NOUNS: Final[frozenset[str]] = frozenset(_TABLES["per"]["nouns"])
PER_PHRASES: Final[dict[str, str]] = {
    phrase.lower(): noun for table in ("adverbs", "other") for phrase, noun in _TABLES["per"][table].items()
}
#: Signs of bare dollars and of the two currencies that share one.
BARE: Final = {"$": "?", "＄": "?", "¥": "JPY", "￥": "JPY", "kr": "kr", "kr.": "kr", "Kr": "kr"}
#: Short magnitudes that are other things unless they stand at an amount of money or glued to the number.
SHORT: Final = frozenset({"k", "m", "mm", "mn", "b", "t", "mi", "bi", "md", "mds", "tn", "bn"})
#: Multipliers that are other words elsewhere.
_ONLY_IN: Final = {
    "mil": {"es", "pt", "ca", "gl"},
    "mil millones": {"es"},
    "mil milhões": {"pt"},
    "mi": {"pt"},
    "bi": {"pt"},
    "md": {"fr", "cs"},
    "mds": {"fr"},
    "bin": {"tr"},
    "mille": {"fr", "it"},
    "mm": {"en"},
    "b": {"en"},
    "t": {"en"},
}
#: One character for each power of ten in Chinese, Japanese and Korean.
MYRIADS: Final = {
    "十": 1e1, "百": 1e2, "千": 1e3, "万": 1e4, "萬": 1e4, "亿": 1e8, "億": 1e8, "兆": 1e12,
    "십": 1e1, "백": 1e2, "천": 1e3, "만": 1e4, "억": 1e8, "조": 1e12,
}  # fmt: skip


def key(word: str) -> str:
    """Return *word* as the tables write it: lower case, plain spaces. One code point stays one, "İ" too."""
    return re.sub(r"\s", " ", fold(word))


@cache
def magnitudes(language: str) -> dict[str, float]:
    """Return the multipliers that *language* (ISO 639-1, "" for unknown) uses, in lower case."""
    table: dict[str, float] = dict(_TABLES["magnitudes"]["any"])
    if language in LONG_SCALE:
        table |= _TABLES["magnitudes"]["long"]
    known = language or "en"
    return {word: value for word, value in table.items() if known in _ONLY_IN.get(word, {known})}


@cache
def magnitude_pattern(language: str) -> re.Pattern[str]:
    """Return the pattern of a multiplier after a number; group 1 is the gap, group 2 the word."""
    return re.compile(rf"([\s-]?)({one_of(magnitudes(language))})(?![^\W\d_])", re.IGNORECASE)


def _hedges(table: dict[str, list[str]]) -> dict[str, str]:
    return {phrase.lower(): sign for sign, phrases in table.items() for phrase in phrases}


#: Phrase in lower case: "~", "<", ">", "<=", ">=" or "<~".
HEDGES: Final = _hedges(_TABLES["hedges"])
TAILS: Final = _hedges(_TABLES["tails"])

_LETTER: Final = r"[^\W\d_]"
SIGN_BEFORE: Final = re.compile(rf"({one_of([*SIGNS, *BARE])})[\s\u00a0]?$")
SIGN_AFTER: Final = re.compile(
    rf"[\s\u00a0-]?({one_of(sign for sign in [*SIGNS, *BARE] if not sign[-1].isalpha())})(?!\s?[\d.,]*\d)"
)
WORD_AFTER: Final = re.compile(
    rf"[\s\u00a0-]?(?:de\s|d['’]|"
    rf"di\s)?(?:({one_of(word for word in WORDS if not re.match('[一-鿿ぁ-ヿ가-힣]', word))})(?!{_LETTER})"
    rf"|({one_of(word for word in WORDS if re.match('[一-鿿ぁ-ヿ가-힣]', word))}))",
    re.IGNORECASE,
)
_PERCENT_SIGNS: Final = "%％﹪٪"
PERCENT_AFTER: Final = re.compile(
    rf"[\s\u00a0-]{{0,2}}(?:(?P<points>{one_of(_TABLES['percent']['points'])})(?!{_LETTER}(?<![가-힣ぁ-ヿ一-鿿]))"
    rf"|(?P<sign>[{_PERCENT_SIGNS}])"
    rf"|(?P<word>{one_of(word for word in _TABLES['percent']['words'] if word not in _PERCENT_SIGNS)})"
    rf"(?!{_LETTER}(?<![가-힣ぁ-ヿ一-鿿])))"
)
_CJK: Final = "一-鿿ぁ-ヿ가-힣"
HEDGE_BEFORE: Final = re.compile(
    rf"(?:(?<![^\W_])({one_of(phrase for phrase in HEDGES if not re.match(f'[{_CJK}]', phrase))})(?:\s+(?:a|"
    rf"an|the)(?=\s))?\s*"
    rf"|({one_of(phrase for phrase in HEDGES if re.match(f'[{_CJK}]', phrase))})\s?)$",
    re.IGNORECASE,
)
TAIL_AFTER: Final = re.compile(
    rf"\s?(?:({one_of(phrase for phrase in TAILS if phrase[-1].isascii() and phrase[-1].isalpha())})(?!{_LETTER})"
    rf"|({one_of(phrase for phrase in TAILS if not (phrase[-1].isascii() and phrase[-1].isalpha()))}))",
    re.IGNORECASE,
)
