"""Words of attribution by language, names of people, names of other things; the tables stand beside this module."""

import json
import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, Final

from extractors.facts.alternation import one_of

_FOLDER: Final = files("extractors.facts")
_TABLES: Final[dict[str, Any]] = tomllib.loads(_FOLDER.joinpath("quotes_words.toml").read_text(encoding="utf-8"))
_GIVEN: Final[dict[str, str]] = json.loads(_FOLDER.joinpath("quotes_given_names.json").read_text(encoding="utf-8"))
_NAMES: Final = _TABLES["names"]

#: Given name: "m", "f", "u" (either).
GIVEN_NAMES: Final = {name: sex for sex in ("u", "m", "f") for name in _GIVEN[sex].split()}
#: Title before a name: "m", "f", "u".
TITLES: Final = {
    title: sex for key, sex in (("titles", "u"), ("titles_m", "m"), ("titles_f", "f")) for title in _NAMES[key].split()
}
#: People whom articles name by surname alone: "m", "f".
FAMOUS: Final = {name: sex for sex in "mf" for name in _NAMES[f"famous_{sex}"].split()}
PARTICLES: Final = frozenset(_NAMES["particles"].split())
NOT_PERSONS: Final = frozenset(_NAMES["not_persons"].split())
PLACES: Final = frozenset(_NAMES["places"].split())
OPENERS: Final = frozenset(_NAMES["openers"].split())
DETERMINERS: Final = frozenset(_NAMES["determiners"].split())
LINKS: Final = frozenset(_NAMES["links"].split())
ROLES: Final = frozenset(_NAMES["roles"].split())
_ENDS_OF_ROLES: Final = tuple(_NAMES["roles_compound"].split())
#: Words after marked words that start no noun; words that stay small in a title.
LOOSE_WORDS: Final = frozenset(_TABLES["marked"]["loose"].split())
SMALL_WORDS: Final = frozenset(_TABLES["marked"]["small"].split())
#: Languages with cues of their own; all others are read with the English ones.
LANGUAGES: Final = frozenset(_TABLES) - {"names", "marked"}


def is_role(word: str) -> bool:
    """Tell whether *word* is a noun of people who speak without a name, also as the end of a German compound."""
    lower = word.lower()
    return lower in ROLES or (word[:1].isupper() and lower.endswith(_ENDS_OF_ROLES))


class Cues:
    """The words of one language that say who speaks."""

    def __init__(self, language: str) -> None:
        table = _TABLES[language]
        self.language = language
        #: Pronoun in lower case: sex, "p" (several), "i" (the writer), "o" (a thing), "w" (relative).
        self.pronouns: dict[str, str] = table["pronouns"]
        self.say = frozenset({*table["say"].split(), *table.get("phrases", ())})
        words = one_of({*self.say, *table["call"].split()})
        self.any = re.compile(rf"(?<![\w’'-])(?:{words})(?![\w’']|-(?!t-))", re.IGNORECASE)
        says = one_of(self.say)
        self.saying = re.compile(rf"(?<![\w’'-])(?:{says})(?![\w’']|-(?!t-))", re.IGNORECASE)
        pronouns = one_of(self.pronouns)
        self.pronoun_last = re.compile(rf"(?:^|(?<=[\s(,\-]))({pronouns})$", re.IGNORECASE)
        self.pronoun_first = re.compile(rf"\s?(?:-t-|-)?({pronouns})(?![\w’'])", re.IGNORECASE)
        self.according = re.compile(rf"(?<!\w)(?:{table['according']})\s", re.IGNORECASE)


@cache
def cues(language: str) -> Cues:
    """Return the cues of *language* (ISO 639-1), the English ones where there are none."""
    return Cues(
        language if language in LANGUAGES else {"da": "sv", "no": "sv", "nb": "sv", "uk": "ru"}.get(language, "en")
    )
