"""Who a clause is about: the name, the pronoun or the role at its head."""

import re
from typing import Final

from extractors.facts.quotes_lexicon import DETERMINERS, LINKS, TITLES, Cues, is_role
from extractors.facts.quotes_names import Name, Names
from extractors.facts.quotes_pronouns import Pronouns

#: Words and phrases before the subject: "But", "On Monday,".
_LEAD: Final = re.compile(
    r"\s*(?:(?:But|And|Then|So|Later|However|Yet|Instead|Meanwhile|Still|Nevertheless|Aber|Doch|Mais|Pero|Y|"
    r"Por su parte|A su vez|(?:Pour (?:sa|leur)|De (?:son|leur)) (?:part|côté)|For (?:his|her|its) part),?\s)?"
)
_FRONTED: Final = re.compile(
    r"(?:In|On|At|After|Before|During|Speaking|Asked|When|While|As|With|For|By|From|Despite|Although|Though|Since|"
    r"Last|Earlier|Later|Under|Over|Amid|Among|Beyond|Alongside|Unlike|Like|Against|Through|Throughout|Writing|Responding|"
    r"Citing|If|Once|Until|Yesterday|Today|Privately|Publicly|En|Dans|Au|À|Après|Avant|Pendant|Lors|Sur|Pour|Tras|Durante|"
    r"Al|Por|Sobre|Según|Ante|Desde|Con)\b[^,;:.]{2,140},\s"
)
#: "In March she attacked ...": the subject within.
_INNER: Final = re.compile(
    r"(?:In|On|At|During|By|Last|Since|Earlier|Later)\s(?:[^\s,;:.]+\s){0,4}?(?P<pronoun>he|she|they)\s"
)
#: Where another clause may begin.
_CLAUSE: Final = re.compile(r"[,;—–]\s?(?:(?:and|but|while|yet|though)\s)?|\s(?:but|while)\s")
_POSSESSIVE: Final = re.compile(r"[’'‘](?:s\b)?")
_PARENTHESIS: Final = re.compile(r"\s?[,(—–]|\s-\s")
#: "Keller, speaking in Ohio, [called]": what only a person does, though her full name is unknown.
_DOING: Final = re.compile(r",\s(?:who|speaking|asked|citing|appearing|writing|responding|in (?:his|her))\s")
_VERBAL: Final = re.compile(
    r"(?:\w{2,}ed|has|have|had|is|was|were|are|will|would|can|could|may|might|also|then|who|which|that|of|in|on|at|for|to|"
    r"from|by|with|about|and|said|says|told|put|sees|makes|made|took|went|hat|haben|ist|war|wird|a|ont|est|ha|han|es|fue|\W+)$"
)
_WORD: Final = re.compile(r"[^\s,;:—–“”\"()]+")
#: Pronouns that open no clause as its subject: "His lawyer said".
_NO_SUBJECTS: Final = frozenset({"his", "her", "him", "ihm"})
_MOST_LEAD: Final = 5
_MOST_WORDS: Final = 6
_LONGEST: Final = 90

Subject = tuple[str | None, str]


class Clauses:
    """Finds what the clauses of one text are about."""

    def __init__(self, text: str, *, names: Names, cues: Cues, pronouns: Pronouns) -> None:
        self._text = text
        self._names = names
        self._cues = cues
        self._pronouns = pronouns

    def head(self, start: int, end: int) -> Subject | None:
        """Return (name or None, words) of the subject of the sentence ``text[start:end]``, at its head."""
        left = self._skipped(start, end)
        if inner := _INNER.match(self._text, left, end):
            return self._pronouns.resolve(inner.start("pronoun"), inner["pronoun"])
        if named := self._name_at(left, end):
            return self._of_name(named, left, end)
        if pronoun := self._pronoun_at(left, end):
            return pronoun
        return self._phrase(left, end)

    def aside(self, start: int, end: int) -> Subject | None:
        """Return the person at the head of "Prince Albert, the heir's brother, Charles, has ...", else None."""
        left = self._skipped(start, end)
        named = self._name_at(left, end)
        if named is None or not _PARENTHESIS.match(self._text, named.end, end):
            return None
        is_doing = named.start == left and _DOING.match(self._text, named.end, end)
        return (named.person or named.surface, named.surface) if named.person or is_doing else None

    def role_aside(self, start: int, end: int) -> Subject | None:
        """Return the role at the head of "The authors, from Ohio and Maine, [said]", else None."""
        phrase = self._phrase(self._skipped(start, end), end)
        at = self._text.find(phrase[1], start) + len(phrase[1]) if phrase else end
        is_followed = self._text[at : at + 2] == ", " and phrase is not None and is_role(phrase[1].rpartition(" ")[2])
        return phrase if is_followed else None

    def doer(self, start: int, end: int) -> Subject | None:
        """Return the subject of "He asked about it, [called ...]": a pronoun, or a person with a verb right behind."""
        left = self._skipped(start, end)
        if pronoun := self._pronoun_at(left, end):
            return pronoun
        named = self._name_at(left, end)
        verb = _WORD.match(self._text, named.end + 1, end) if named and named.person else None
        if named is None or verb is None or self._text[named.end] != " ":
            return None
        is_verb = _VERBAL.fullmatch(verb[0]) or self._cues.any.fullmatch(verb[0])
        return (named.person, named.surface) if is_verb else None

    def latest(self, start: int, end: int) -> Subject | None:
        """Return whom a participle at *end* goes on about: the head of the last clause that has a name or pronoun."""
        opens = [start, *(found.end() for found in _CLAUSE.finditer(self._text, start, end))]
        for left in reversed(opens[1:]):
            if pronoun := self._pronoun_at(left, end):
                return pronoun
            named = self._name_at(left, end)
            after = self._text[named.end : named.end + 2] if named else ""
            if named and named.person and named.start == left and after[:1] == " " and after[1:].islower():
                return named.person, named.surface
        return self.head(start, end)

    def _skipped(self, start: int, end: int) -> int:
        """Return where the subject may begin: behind "But", "On Monday, "."""
        left = start
        for _ in range(2):
            lead = _LEAD.match(self._text, left, end)
            left = lead.end() if lead else left
            fronted = _FRONTED.match(self._text, left, end)
            if fronted is None or _INNER.match(self._text, left, end):
                break
            left = fronted.end()
        return left

    def _name_at(self, left: int, end: int) -> Name | None:
        """Return the name at *left*, with nothing but titles, roles and adjectives before it."""
        near = self._names.between(left, min(end, left + _LONGEST))
        if not near:
            return None
        lead = self._text[left : near[0].start]
        words = lead.split()
        is_plain = len(words) <= _MOST_LEAD and not re.search(r"[,;:—–()“”\"]", lead)
        if not is_plain or any(word.lower() in LINKS or word.lower() in self._cues.pronouns for word in words):
            return None
        if any(self._cues.any.fullmatch(word) for word in words):
            return None
        # "Foreign ministry spokeswoman Mei Qianlin": the person ends the phrase.
        person = next((name for name in near[1:] if name.person), None)
        if person and not near[0].person:
            between = self._text[near[0].end : person.start].split()
            if between and len(between) <= _MOST_LEAD and all(map(self._is_apposed, between)):
                return person
        is_known = not words or near[0].person or words[-1].lower() in DETERMINERS
        return near[0] if is_known else None

    def _is_apposed(self, word: str) -> bool:
        """Tell whether *word* may stand between a body and its person: "Nordbank chief economist Anna Keller"."""
        is_noun = word.islower() and word not in LINKS and not self._cues.any.fullmatch(word)
        return word in TITLES or (is_noun and not _VERBAL.fullmatch(word))

    def _of_name(self, named: Name, left: int, end: int) -> Subject | None:
        """Return *named*, or the phrase that it only begins: "China's foreign ministry", "Halden police"."""
        possessive = _POSSESSIVE.match(self._text, named.end, end)
        at = possessive.end() if possessive else named.end
        words = list(_WORD.finditer(self._text, at, min(end, at + _LONGEST)))[:_MOST_LEAD]
        for found in words:
            if self._text[at : found.start()].strip():
                break
            at = found.end()
            if is_role(found[0]):
                inside = self._names.people_between(found.end(), min(end, found.end() + _LONGEST))
                if inside and self._text[found.end() : inside[0].start] in {" ", ", "}:
                    return inside[0].person, inside[0].surface
                return None, self._text[left : found.end()].strip()
            if found[0].lower() in LINKS or _VERBAL.fullmatch(found[0]) or self._cues.any.fullmatch(found[0]):
                break
        return (named.person or named.surface, named.surface) if not possessive else None

    def _pronoun_at(self, left: int, end: int) -> Subject | None:
        word = _WORD.match(self._text, left, end)
        if (
            word is None
            or word[0].lower() in _NO_SUBJECTS
            or self._cues.pronouns.get(word[0].lower(), "i") in {"i", "w"}
        ):
            return None
        return self._pronouns.resolve(left, word[0])

    def _phrase(self, left: int, end: int) -> Subject | None:
        """Return "the national airline" of "the national airline rejected ...", "officials" of "officials denied"."""
        words = list(_WORD.finditer(self._text, left, min(end, left + _LONGEST)))[:_MOST_WORDS]
        if not words or (words[0][0].lower() not in DETERMINERS and not is_role(words[0][0])):
            return None
        last = 0
        for at, word in enumerate(words):
            if self._text[words[last].end() : word.start()].strip():
                break
            if is_role(word[0]) and (at or word[0].lower() not in DETERMINERS):
                return None, self._text[left : word.end()]
            if at and (_VERBAL.fullmatch(word[0]) or word[0].lower() in LINKS):
                break
            last = at
        return (None, self._text[left : words[last].end()]) if last else None
