"""Read people's names out of the words of a byline."""

import html
import re
from collections.abc import Iterable

from extractors.text.headline import fold

_ADDRESS = re.compile(r"https?:|www\.|\S+@\S+\.\w|^@\w+$")
#: Words that lead to the author; after "von" and "di" only where the words before name a text, as names hold them too.
_LEAD = re.compile(
    r"^(?:.{0,40}?\b(?:by|par|por)\b|(?:(?:ein\w*|der|die|das|alle|zeige|blog|mehr)\s+)*"
    r"(?:(?:gast)?beitr\w+|kolumne|kommentar|analyse|artikel|interview|reportage|essay|text(?:e|o)?|geschrieben|verfasst|"
    r"veröffentlicht|erstellt|posts?|scritto|pubblicato|geschreven|skrevet|skriven)?"
    r"\s*\b(?:von|di|da|door|av|af|van|oleh|od|от))"
    r"(?![\w-])\s*:?\s*|"
    r"^(?:interview|protokoll|foto|photos?|fotos?|text(?:e|o)?(?:\s*(?:und|&|/|\+)\s*fotos?)?|autor(?:in|en|es|a)?|"
    r"auteur|authors?|verfasser(?:in)?|redaktion|redacción|words|автор|作者|記者|记者|责任编辑|責任編輯|编辑|撰文|文|執筆)"
    r"\s*[:：/／]\s*|^(?:autor(?:in|en|innen|es)?|authors?)\s+(?=[A-ZÄÖÜ])",
    re.IGNORECASE,
)
_CJK_LEAD = re.compile(r"^(?:本报|新华社)?(?:记者|記者|作者)\s*(?=[\u4e00-\u9fff])")
_SPLIT = re.compile(
    r"\s*(?:[;|/•·、\n]|,(?!\s*(?:jr|sr|ph\.?\s?d|md|esq|iii?)\b)|\s&\s|\s[–—-]\s|"
    # "John E Smith" is one person: the short words part names in lower case only.
    r"\s+(?:and|with|(?-i:und|et|y|e|en|och|og|i|и|ve|dan|mit))\s+)\s*",
    re.IGNORECASE,
)
#: What follows a name in its line: places, dates, the paper.
_AFTER = re.compile(
    r"\s+(?:(?:for|on|am|vom|at|updated|published|posted|last updated|hace|veröffentlicht|aktualisiert)\b|\d).*$",
    re.IGNORECASE,
)
_INITIALS = re.compile(r"\s*\([^()]{1,40}\)?\s*$")
_NOT_NAME = re.compile(
    r"^[\W\d]*$|\d{3,}|^\d{1,2}\.?\s+[^\W\d]+\.?$|^(?:mon|tue|wed|thu|fri|sat|sun)(?:day|sday|nesday|rsday|urday)?$|"
    r"^(?:admin|administrator|editors?|staff|redaktion|none|null|undefined|unknown|authors?|n/a|posted|published|"
    r"writer|reporter|contributors?|by|von|par|por|di|da|from|follow|share|more|mehr|weiter|contact|about|profile|"
    r"anonymous|guest|gast|webmaster|root|default|super user|user|team|autor(?:in)?|auteur|редакция|"
    r"y|e|and|und|et|en|text|interview|fotos?|publiziert|publicad[oa]|publié|pubblicato|geschrieben|verfasst|erstellt|"
    r"human|history|"
    r"updated|freelance\w*|kommentare?|comments?|keine kommentare|email|e-mail|print|drucken|facebook|twitter|linkedin|"
    r"instagram|senior \w+|subscribe|read more|guest author|website|home|see more|view profile|edited|reviewed)$|"
    r"^(?:view|see|read|show|follow|more|weitere|alle|autorenseite|about|über|contact|updated|reviewed|edited|"
    r"fact[- ]checked|medically|published|posted|last|min|minutes?|share|photos?|fotos?|bilder?|quelle|source|image|"
    r"copyright)\b.*",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"\b(?:writer|reporter|editor|correspondent|korrespondent\w*|redakteur\w*|journalist\w*|redactor\w*|contributor|"
    r"columnist|producer|staff|officer|manager|director|founder|professor|president|specialist|expert|experte|author|"
    r"blogger|freelancer|geschäftsführer\w*|volontär\w*|leiter\w*)\b",
    re.IGNORECASE,
)
_ENDS = " \t,.:;-–—|/·•*\"'“”„»«"
_MAX_NAME_CHARS = 60
_MAX_NAME_WORDS = 7
_MAX_NAMES = 20
_MAX_LINE_CHARS = 1000
_PERSON_WORDS = 5
_PARTICLES = re.compile(
    r"^(?:van|von|de|der|den|da|di|dos?|del|della|la|le|el|al|bin|ibn|ben|ten|ter|zum?|af|y|e)$", re.IGNORECASE
)
_CJK_NAME = re.compile(r"^[\u4e00-\u9fff\uac00-\ud7af]{2,4}$")
#: Who checked or changed a text is not its author.
_CHECKED = re.compile(
    r"\b(?:updated|reviewed|edited|fact[- ]checked|translated|photographed)\s+by\b|\bfotos?\s+von\b", re.IGNORECASE
)


def names_in(values: Iterable[str]) -> tuple[str, ...]:
    """
    Return the single names in *values*, each once, in their order.

    Args:
        values: Lines that name authors: "By Jane Doe and John Smith", "Jane Doe (jd)". Addresses, roles, lines of more
            than 1,000 characters and what follows a name (a day, the paper) are left out.
    """
    out: dict[str, str] = {}
    for value in values:
        if len(value) > _MAX_LINE_CHARS:
            continue
        line = html.unescape(value) if "&" in value else value
        if _ADDRESS.search(line) or _CHECKED.search(line):
            continue
        for part in _SPLIT.split(_led(" ".join(line.split(" ")).strip())):
            name = _single(part)
            if name:
                out.setdefault(fold(name), name)
    return tuple(out.values())[:_MAX_NAMES]


def _led(line: str) -> str:
    """Return *line* without the words that lead to a name."""
    return _CJK_LEAD.sub("", _LEAD.sub("", line))


def _single(part: str) -> str | None:
    """Return the name in one part of a line, None where it holds none."""
    name = _AFTER.sub("", _INITIALS.sub("", _led(part.strip(_ENDS)))).strip(_ENDS.replace(".", ""))
    if not name or len(name) > _MAX_NAME_CHARS or len(name.split()) > _MAX_NAME_WORDS or _NOT_NAME.search(name):
        return None
    return name


def is_person(name: str) -> bool:
    """Tell whether *name* is written as a person's: two to five words with capitals, without digits and roles."""
    words = name.split()
    if len(words) == 1:
        return _CJK_NAME.match(name) is not None
    return (
        len(words) <= _PERSON_WORDS
        and all(word[0].isupper() or _PARTICLES.match(word) for word in words)
        and not any(char.isdigit() for char in name)
        and not _ROLE.search(name)
    )


def is_role(text: str) -> bool:
    """Tell whether *text* names what somebody does, and nobody."""
    return _ROLE.search(text) is not None
