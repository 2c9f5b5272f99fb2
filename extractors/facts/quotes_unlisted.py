"""Verbs that no list holds, where only a verb of saying can stand: right behind marked words, before their speaker."""

import re
from typing import Final

#: English: a comma inside the marks, the speaker, a verb; or the verb first.
_ENGLISH: Final = re.compile(r"\s(?:[a-z]+ly\s)?(?P<verb>[a-z]{2,}(?:ed|s))\b")
_WORDS: Final[dict[str, str]] = {
    "de": (
        r"\s?,\s(?P<verb>(?!(?:und|aber|oder|sondern|denn|die|der|das|den|dem|dessen|deren|dass|daß|ob|wie|was|wer|wo|als|"
        r"wenn|weil|da|um|so|auch|in|im|an|am|auf|aus|bei|mit|von|vor|zu|zum|zur|für|nach|doch|jedoch|obwohl|während|damit|"
        r"kein|nicht|also|dann|ohne|gegen|durch|über|unter|statt|trotz|wegen|seit|bis|sowie|etwa|zumal|sodass|indem|bevor|nachdem|"
        r"sobald|falls|deshalb|daher|ist|sind|war|wird|wurde|soll|kommt|kam|gehört|gehörte|steht|stand|geht|ging)\b)"
        r"[a-zäöüß]{3,})(?:\s(?:sich|auch|dann|zudem|dazu|noch|wiederum|hingegen|dagegen|unterdessen|ihm|ihr|ihnen|am\s\w+)){0,2}\s"
    ),
    "fr": (
        r"\s?,?\s(?P<verb>(?:s['’]est\s|s['’]|se\s|m['’]|nous\s|lui\s|leur\s|y\s|en\s|l['’]?)?(?:(?:a|ont|avait|avaient)\s(?:\w+ment\s|"
        r"aussi\s|ainsi\s|encore\s|alors\s)?)?(?!(?:et|de|le|les|une|que|dont|entre|comme|contre|cette|leurs?|est|sont|tout|"
        r"mais|dans|selon|avant|pendant|devant|avec)\b)[a-zà-ÿ]{2,}(?:e|é|t|d|it|ent|nt|u|is|it))"
        r"(?:,?\s(?:ainsi|alors|aussi|encore|également|ensuite|toutefois|pour\ssa\spart|de\sson\scôté|quant\sà\s(?:lui|elle|eux)|"
        r"lui|[a-z]+ment)){0,2},?\s"
    ),
    "es": (
        r"\s?,\s(?P<verb>(?:(?:le|les|se|lo|nos)\s)?(?:(?:ha|han|había|habían)\s\w+(?:ado|ido|cho|to)\b|(?!(?:que|de|la|el|los|las|una|este|esta|para|"
        r"sobre|desde|entre|donde|porque|como|durante|ante|aunque|mediante|era|fue|es|está|estaba|mientras|se|le)\b)"
        r"[a-záéíóúñ]{2,}(?:ó|a|e|ía|aba|aron|ieron|an|en)))"
        r"(?:\s(?:también|además|ayer|hoy|luego|primero|después|este\s\w+|por\ssu\sparte|a\ssu\svez))?,?\s"
    ),
}
_PATTERNS: Final = {language: re.compile(pattern) for language, pattern in _WORDS.items()}
#: Spaces in marked words that are no term: three words, with the spaces that French sets inside its marks fewer.
_FEW: Final = 2
_CLITIC: Final = re.compile(
    r"[\s,]*(?P<verb>(?:[^\W\d]+(?:['’]|\s)){0,3}?[^\W\d]+)-(?:t-)?(?P<pronoun>il|elle|ils|elles)\b(?:\s(?P<participle>[^\W\d]+[éitus])\b)?"
)


def is_long(words: str) -> bool:
    """Tell whether the marked *words* are too many for a title or a term."""
    return words.count(" ") + words.count("\u00a0") >= _FEW


def verb_behind(text: str, start: int, end: int, *, language: str) -> re.Match[str] | None:
    """
    Return the unlisted verb behind marked words that ends where its subject should begin, group ``verb``.

    Args:
        text: The text.
        start: Where the marks close.
        end: Where the sentence ends.
        language: ISO 639-1.
    """
    pattern = _PATTERNS.get(language)
    return pattern.match(text, start, end) if pattern else None


def verb_of_subject(text: str, at: int, end: int) -> re.Match[str] | None:
    """Return the English verb of a subject that ends at *at*: " fumed", " tearfully asked"; group ``verb``."""
    return _ENGLISH.match(text, at, end)


def clitic_behind(text: str, start: int, end: int) -> re.Match[str] | None:
    """Return the French verb with its pronoun behind marked words: "», a-t-il lâché"; groups ``verb``, ``pronoun``."""
    return _CLITIC.match(text, start, end)
