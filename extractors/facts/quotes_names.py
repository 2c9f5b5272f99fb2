"""Learn the people of an article from its own words: who is named in full, where, by which surname again."""

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from extractors.facts.quotes_lexicon import FAMOUS, GIVEN_NAMES, NOT_PERSONS, OPENERS, PARTICLES, PLACES, TITLES

_UPPER: Final = "A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĘĚĞĢİĶŁĻŃŅŇŐŘŚŞŠŢŤŪŮŰŹŻŽΑ-ΩА-ЯЁЄІЇҐ"
_TOKEN: Final = rf"[{_UPPER}](?:[^\W_]|[’'](?!s\b)(?=\w)|[-‐](?=\w)|\.(?=[{_UPPER}]\.))*"
#: Initials and titles keep their stop.
_STOPPED: Final = (
    rf"(?:{_TOKEN}(?:(?<=\b[{_UPPER}])\.|(?<=\bMr|\bMs|\bDr|\bSt|\bJr|\bSr|\bLt)\."
    r"|(?<=\bMrs|\bSen|\bRep|\bGov|\bGen|\bRev|\bCol|\bSgt|\bAdm)\.|(?<=\bProf|\bCapt)\.)?)"
)
_RUN: Final = re.compile(
    rf"(?<![\w@#/]){_STOPPED}(?:[ \u00a0](?:(?:{'|'.join(sorted(PARTICLES))})[ \u00a0]){{0,2}}{_STOPPED})*"
)
_CONTRACTED: Final = re.compile(r"[’'](?:ll|re|ve|d|m|t)$")
_ELIDED: Final = re.compile(r"(?:[CDJLMNSTcdjlmnst]|Qu|Jusqu|Lorsqu|Puisqu)[’'](?=\w)")
#: "Bidzina Iwanow (67)", "Hanna Gross (AfD)": a person in a German text.
_AGED: Final = re.compile(r"\s\((?:\d\d|[A-ZÖ]{2,4}|Grüne|Linke|AfD|parteilos)[),]")
_ACRONYM: Final = re.compile(r"[A-Z]{3}|[A-Z]{2}[a-z]|\d")
_NAME_LIKE: Final = re.compile(r"(?:[^\W\d_]|[-‐’'])+\.?")
_WORD: Final = re.compile(r"[^ \u00a0]+")
#: Names that end like a participle.
_NO_VERBS: Final = frozenset({"Downing", "Boeing", "Sterling", "Fleming", "Manning", "Browning", "Harding", "Irving"})
#: Openers that are given names elsewhere.
_NAMES_AND_VERBS: Final = frozenset({"May", "Will"})
_MOST_TOKENS: Final = 4
_PAIR: Final = 2
#: Beyond this an article is a book; its common words are not listed.
_LONGEST_TEXT: Final = 400_000
_GERMAN_TITLES: Final = (
    "minister", "ministerin", "präsident", "präsidentin", "chef", "chefin", "sprecher", "sprecherin", "kanzler",
    "kanzlerin", "experte", "expertin", "forscher", "forscherin", "politiker", "politikerin", "Banker", "trainer",
    "vorsitzende", "vorsitzender", "direktor", "direktorin", "führer", "führerin", "leiter", "leiterin", "anwalt",
    "anwältin", "meister", "meisterin", "lehrer", "lehrerin", "sänger", "sängerin", "autor", "autorin", "professor",
    "professorin", "richter", "richterin", "kommissar", "kommissarin", "kapitän", "promoter", "unternehmer",
    "regisseur", "schauspieler", "schauspielerin", "botschafter", "botschafterin", "beauftragte", "beauftragter",
    "manager", "managerin",
)  # fmt: skip
_GERMAN_ARTICLES: Final = frozenset({"der", "die", "das", "den", "dem", "des"})
_HONORIFICS: Final = frozenset(
    {"Mr", "Mr.", "Mrs", "Mrs.", "Ms", "Ms.", "Miss", "Sen", "Sen.", "Rep", "Rep.", "Gov", "Gov."}
)


@dataclass(frozen=True, slots=True)
class Name:
    """One place where somebody or something is named."""

    start: int
    end: int
    #: As written, without titles.
    surface: str
    #: The full name of a person; "" where it is no person.
    person: str
    #: "m", "f", "u".
    sex: str = "u"
    #: Preceded by a determiner: "the White House".
    has_article: bool = False


class Names:
    """All names of a text in order."""

    def __init__(self, text: str, *, language: str = "", watched: tuple[tuple[int, int], ...] = ()) -> None:
        self._text = text
        #: All nouns have capitals: only a known given name or a title makes a person.
        self._is_german = language == "de"
        self._is_french = language == "fr"
        self._lower = (
            frozenset(re.findall(r"(?<![\w-])[^\W\d_]{3,}(?![\w-])", text))
            if len(text) < _LONGEST_TEXT
            else frozenset()
        )
        self._full: dict[str, list[tuple[int, str]]] = {}
        self._sexes: dict[str, str] = {}
        runs = [run for match in _RUN.finditer(text) if (run := self._trimmed(match))]
        persons = [self._is_person(*run) for run in runs]
        for run, is_person in zip(runs, persons, strict=True):
            if is_person:
                self._learn(*run)
        found = [self._name(*run, is_person=is_person) for run, is_person in zip(runs, persons, strict=True)]
        #: What the watchlist names, as written here.
        self.watched = frozenset(text[start:end] for start, end in watched)
        self.all = _with_watched(text, found, watched)
        self._starts = [name.start for name in self.all]
        self.people = [name for name in self.all if name.person]
        self._people_starts = [name.start for name in self.people]

    def _trimmed(self, found: re.Match[str]) -> tuple[int, list[re.Match[str]], str] | None:
        """Return (start, words, the last title before them) of a run without words that open a sentence."""
        words = list(_WORD.finditer(self._text, *found.span()))
        if self._is_french and (elided := _ELIDED.match(words[0][0])):
            # "L'Élysée", "C'est": an article or pronoun before the word.
            rest = words[0].start() + elided.end()
            words = list(
                _WORD.finditer(self._text, rest if self._text[rest].isupper() else words[0].end(), found.end())
            )
        while words and (self._is_opener(words) or words[0][0] in PARTICLES):
            words = words[1:]
        title = ""
        for at in range(len(words) - 1, -1, -1):
            if _is_title_word(words[at][0]) and at < len(words) - 1:
                title, words = words[at][0], words[at + 1 :]
                break
        if self._is_german and title and words[0][0] in _GERMAN_ARTICLES:
            # "Manager der Klitschko-Brüder": a genitive, no name.
            title, words = "", words[1:]
        words = self._cut(words) if self._is_german else words
        given = next((at for at, word in enumerate(words[:-1]) if word[0] in GIVEN_NAMES), 0)
        if given and not any(word[0] in NOT_PERSONS for word in words[given + 1 :]):
            words = words[given:]
        return (words[0].start(), words, title) if words else None

    @staticmethod
    def _cut(words: list[re.Match[str]]) -> list[re.Match[str]]:
        """End a German run at an article, which is in a name only after "von" or "zu"."""
        for at in range(1, len(words)):
            if words[at][0] in _GERMAN_ARTICLES and words[at - 1][0] not in {"von", "zu", "van"}:
                return words[:at]
            if words[at][0] == "zu" and at > 1:
                # "meldet sich Anna Keller zu Wort"; a name has one word before it: "Theodor zu Guttenberg".
                return words[:at]
        return words

    def _is_opener(self, words: list[re.Match[str]]) -> bool:
        """Tell whether the first word only begins a sentence."""
        first = words[0][0]
        if first in _NAMES_AND_VERBS:
            return len(words) > 1 and self._text[max(0, words[0].start() - 2) : words[0].start()][:1] in set(".!?\n”")
        if first in OPENERS or _CONTRACTED.search(first):
            return True
        if len(words) == 1 or first in GIVEN_NAMES or first in TITLES or first in _NO_VERBS or not first.isalpha():
            return False
        before = self._text[max(0, words[0].start() - 2) : words[0].start()].strip(' \u00a0“"‘')
        if before and before[-1] not in ".!?:\n":
            return False
        return first.lower() in self._lower or first.endswith(("ing", "ed", "ly"))

    def _learn(self, start: int, words: list[re.Match[str]], title: str) -> None:
        full = " ".join(word[0] for word in words)
        sex = TITLES.get(title, "u")
        sex = sex if sex != "u" else GIVEN_NAMES.get(words[0][0], "u")
        if len(words) == 1 and title in _HONORIFICS:
            known = self._full.get(words[0][0])
            full = known[-1][1] if known else full
        if self._sexes.get(full, "u") == "u":
            self._sexes[full] = sex
        last = words[-1][0]
        if last in {"Jr.", "Jr", "Sr.", "Sr", "II", "III"} and len(words) > 1:
            last = words[-2][0]
        for key in {last, words[0][0]} if len(words) > 1 else {last}:
            self._full.setdefault(key, []).append((start, full))

    def _is_person(  # noqa: PLR0911 - one case after the other
        self, start: int, words: list[re.Match[str]], title: str
    ) -> bool:
        tokens = [word[0] for word in words]
        capitals = [token for token in tokens if token.lower() not in PARTICLES or token[0].isupper()]
        if len(capitals) > _MOST_TOKENS or any(token in NOT_PERSONS or _ACRONYM.search(token) for token in tokens[1:]):
            return False
        if title and tokens[0] not in NOT_PERSONS and tokens[0] not in PLACES:
            return True
        if len(tokens) == 1:
            return False
        if tokens[0] in GIVEN_NAMES:
            return not self._has_article(start)
        if tokens[0] in NOT_PERSONS or tokens[-1] in PLACES:
            return False
        if self._is_german:
            return len(tokens) == _PAIR and _AGED.match(self._text, words[-1].end()) is not None
        if tokens[0] in PLACES or tokens[0].isupper() or self._has_article(start):
            return False
        return not any(token.lower() in self._lower for token in tokens if token[0].isupper()) and all(
            map(_NAME_LIKE.fullmatch, tokens)
        )

    def _has_article(self, start: int) -> bool:
        return self._text[max(0, start - 4) : start].lower().endswith(("the ", " a ", " an "))

    def _name(self, start: int, words: list[re.Match[str]], title: str, *, is_person: bool) -> Name:
        is_tail = not is_person and len(words) > 1 and words[-1][0] in self._full
        if is_tail and all(word[0] in NOT_PERSONS or word[0] in PLACES for word in words[:-1]):
            # "Speaking to the Daily Mail Keller said": two names without a comma.
            start, words = words[-1].start(), words[-1:]
        surface = self._text[start : words[-1].end()]
        person = self._person(start, words, title, is_person=is_person)
        return Name(
            start,
            words[-1].end(),
            surface,
            person,
            self._sexes.get(person) or FAMOUS.get(person, "u"),
            has_article=self._has_article(start),
        )

    def _person(self, start: int, words: list[re.Match[str]], title: str, *, is_person: bool) -> str:
        if is_person and len(words) > 1:
            return " ".join(word[0] for word in words)
        if len(words) > 1:
            known = self._full.get(words[-1][0])
            return known[0][1] if known and words[0][0] in GIVEN_NAMES else ""
        known = self._full.get(words[0][0])
        if not known and words[0][0] in FAMOUS:
            return words[0][0]
        if not known or (words[0][0] in PLACES and not title):
            return ""
        before = [full for at, full in known if at <= start]
        return self._longest(before or [known[0][1]])

    @staticmethod
    def _longest(fulls: list[str]) -> str:
        """Return the last name given in full, else the last."""
        return next((full for full in reversed(fulls) if " " in full), fulls[-1])

    def between(self, start: int, end: int) -> list[Name]:
        """Return the names inside ``text[start:end]``, in order."""
        found = self.all[bisect_left(self._starts, start) : bisect_left(self._starts, end)]
        return [name for name in found if name.end <= end]

    def people_between(self, start: int, end: int) -> list[Name]:
        """Return the people named inside ``text[start:end]``, in order."""
        found = self.people[bisect_left(self._people_starts, start) : bisect_left(self._people_starts, end)]
        return [name for name in found if name.end <= end]


def _is_title_word(token: str) -> bool:
    """Tell whether *token* is a title; German ones are compounds ("US-Präsident", "Finanzministerin")."""
    return token in TITLES or (token.endswith(_GERMAN_TITLES) and token not in GIVEN_NAMES)


def _with_watched(text: str, names: list[Name], watched: tuple[tuple[int, int], ...]) -> list[Name]:
    """Add the watched places to *names* that no name covers; both are in order and apart."""
    ends = [name.end for name in names]
    added = []
    for start, end in watched:
        at = bisect_right(ends, start)
        if at == len(names) or names[at].start >= end:
            added.append(Name(start, end, text[start:end], ""))
    return sorted([*names, *added], key=lambda name: name.start) if added else names


@lru_cache(maxsize=2)
def names_of(text: str, language: str = "", watched: tuple[tuple[int, int], ...] = ()) -> Names:
    """Return the names of *text*; kept for the next finder that reads the same article."""
    return Names(text, language=language, watched=watched)
