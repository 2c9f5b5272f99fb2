"""
Find where readers' comments begin in a text without markup.

The text is cut only where two things agree: a line that opens a comment section, and the voice of what follows it
(first and second person, questions, links, short uneven lines, replies, sentences of the article quoted back). Measured
trap: a model of voice alone cut 15 % of blog posts.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from extractors.text.phrases import COMMENT_FORM, COMMENT_MARKER, NEWSLETTER, SUBSCRIPTION

#: Words that a marker line may have.
_MARKER_WORDS = 14
_MARKER_CHARS = 200
#: Only the first markers are tried: a text with more is no article, and each costs a look at the whole rest.
_MAX_MARKERS = 5
#: How much more of the lines below must speak like readers than of those above (0 to 1).
_VOICE_GAP = 0.25
#: And how much of them at all.
_VOICE_SHARE = 0.45
#: Lines of nagging that may stand between the marker and the first comment.
_NAG_LINES = 8
#: A nag is short.
_NAG_WORDS = 40
_NAG_CHARS = 400
_MIN_ABOVE_WORDS = 60
_MIN_QUOTE_CHARS = 40
_SHORT_LINE_WORDS = 14
_KEY = re.compile(r"\W+")

_PERSON = re.compile(
    r"\b(?:i|i[’'â]?(?:m|ve|d|ll)|me|my|mine|you|your|yours|you[’'â]?(?:re|ve|ll|d)|we|our|us|"
    r"let[’'â]?s|ich|mir|mich|mein\w*|du|sie|ihr|wir|je|j[’']\w+|moi|mon|vous|votre|tu|toi|nous|yo|"
    r"mi|usted|tú|io|mio|lei|voi|eu|meu|você|ik|mij|mijn|jij|я|мне|мой|вы|ты|ваш)\b",
    re.IGNORECASE,
)
_SPEECH = re.compile(r"\b(?:said|says|told|according to|added|wrote|sagte|dit|dijo|disse|ha detto)\b", re.IGNORECASE)
_URL = re.compile(r"https?://|www\.\w")
_REPLY = re.compile(
    r"^(?:@\w+|>|re:|reply\b|antworten\b|répondre\b|responder\b|rispondi\b|report\b|like\b|share\b|"
    r"flag\b|melden\b|permalink\b)|"
    r"\b\d+\s*(?:minutes?|hours?|days?|weeks?|months?|years?)\s+ago\b|\bvor \d+ \w+\b|\bil y a \d+|\bhace \d+|"
    r"\b(?:says|sagt|schreibt|schrieb|dit|dice|wrote)\s*:\s*$|\b\d{1,2}[:.]\d{2}\s*(?:uhr|am|"
    r"pm)?\s*$|\blikes?\b\s*\d*$",
    re.IGNORECASE,
)
_CASUAL = re.compile(
    r"\b(?:lol|imo|imho|btw|fwiw|afaik|tbh|wtf|omg|yeah|nope|yep|gonna|wanna|thanks|thank you|danke|"
    r"merci|gracias|great (?:article|post|read)|nice (?:article|post)|this (?:article|author|writer|"
    r"comment)|your (?:article|comment|last))\b|!{2,}|\?{2,}|\.{4,}|…\.|[:;]-?[)(]",
    re.IGNORECASE,
)
_AGE = re.compile(
    r"\b(?:\d+|an?|one)\s*(?:min(?:ute)?|h(?:ou)?r|day|week|month|year)s?\s+ago\b|\bvor \d+ \w+\b|"
    r"\bil y a \d+|\bhace \d+|\d+\s*(?:分钟|小时|天|時間|日)前",
    re.IGNORECASE,
)
_BUTTONS = re.compile(
    r"\b(?:reply|report|flag|like|share|recommend|antworten|melden|répondre|signaler|responder|denunciar|rispondi)\b"
    r"(?:\W*(?:reply|report|flag|like|likes|share|recommend|antworten|melden|signaler|\d+)\b)*\W*$|"
    r"(?:回复|举报|返信|通報)\W*\d*$",
    re.IGNORECASE,
)
_WIDGET_HEAD = re.compile(
    r"\b(?:repl(?:y|ies)|comments?|kommentare?|commentaires?|comentarios?|log ?in|sign in|"
    r"join the (?:talk|conversation))\b",
    re.IGNORECASE,
)
#: Two lines with age and buttons are no accident; one may be a quotation.
_LEAST_REPLIES = 2
_HEAD_LINES = 3
_HEAD_NAME_WORDS = 2
_GLUED = re.compile(
    r"^(subscribe|sign up|log ?in|sign in|register|join now|abonnieren|s.abonner|suscr[ií]bete|"
    r"reply)(?=[a-zà-ž“\"'(])",
    re.IGNORECASE,
)
_GLUED_WORD = re.compile(
    r"^(?:subscrib(?:er|ers|ed|es|ing)|register(?:ed|s|ing)?|log(?:in|ins|ging)|repl(?:y|ying))\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seam:
    """Where the article ends and its readers begin; made by ``find_seam``, taken by ``clean``."""

    #: Number of the line that opens the readers' part.
    start: int
    #: (first line, one past the last) of the invitation or form after it.
    nags: tuple[int, int]
    #: Whether comments follow the invitation; else the part is only a form.
    has_comments: bool


def find_seam(lines: Sequence[str]) -> Seam | None:
    """
    Return where the readers' part of a text begins, None where there is none or the signs disagree.

    Args:
        lines: The blocks of the text in order.
    """
    markers = [number for number, line in enumerate(lines) if _is_marker(line)]
    for number in markers[:_MAX_MARKERS]:
        if _words(lines[:number]) < _MIN_ABOVE_WORDS:
            continue
        end = _nags_end(lines, number)
        below = lines[end:]
        if not below:
            return Seam(start=number, nags=(number, end), has_comments=False)
        if _is_form_only(below):
            return Seam(start=number, nags=(number, len(lines)), has_comments=False)
        if _speaks_like_readers(lines[:number], below):
            return Seam(start=number, nags=(number, end), has_comments=True)
    return _replies_seam(lines)


def _replies_seam(lines: Sequence[str]) -> Seam | None:
    """Return where a widget's replies end the text: lines with the age of a comment and the buttons under it."""
    replies = [number for number, line in enumerate(lines) if _AGE.search(line) and _BUTTONS.search(line)]
    if len(replies) < _LEAST_REPLIES:
        return None
    first, below = replies[0], lines[replies[0] :]
    is_tail = all(_AGE.search(line) or len(line.split()) <= _SHORT_LINE_WORDS for line in below)
    if not is_tail or _words(lines[:first]) < _MIN_ABOVE_WORDS:
        return None
    start = first
    while start > first - _HEAD_LINES and _is_widget_head(lines[start - 1]):
        start -= 1
    return Seam(start=start, nags=(start, first), has_comments=True)


def _is_widget_head(line: str) -> bool:
    """Tell whether a line above the first reply belongs to the widget: its name, its count, its rules."""
    words = len(line.split())
    return words <= _HEAD_NAME_WORDS or (words <= _NAG_WORDS and _WIDGET_HEAD.search(line) is not None)


def split_glued(line: str, article: Sequence[str]) -> tuple[str, str] | None:
    """
    Return the button and the comment of a line in which they lost the space between them, else None.

    Args:
        line: A line below the seam, such as "Subscribebecause ...".
        article: The lines above the seam; a comment often quotes their last words.
    """
    match = _GLUED.match(line)
    if match is None or _GLUED_WORD.match(line):
        return None
    button, rest = match.group(), line[match.end() :]
    is_quote = len(rest) >= _MIN_QUOTE_CHARS and _key(rest) in _key(" ".join(article))
    return (button, rest) if is_quote or rest[:1].isalpha() else None


def _is_marker(line: str) -> bool:
    """Tell whether a line opens a comment section."""
    return len(line) <= _MARKER_CHARS and len(line.split()) <= _MARKER_WORDS and COMMENT_MARKER.match(line) is not None


def _nags_end(lines: Sequence[str], start: int) -> int:
    """Return the number of the first line after the marker that neither nags nor belongs to a form."""
    number = start + 1
    while number < min(len(lines), start + 1 + _NAG_LINES) and _is_nag(lines[number]):
        number += 1
    return number


def _is_nag(line: str) -> bool:
    """Tell whether a line below a marker still belongs to the invitation."""
    if len(line) > _NAG_CHARS or len(line.split()) > _NAG_WORDS:
        return False
    is_phrase = any(pattern.search(line) for pattern in (SUBSCRIPTION, NEWSLETTER, COMMENT_FORM, COMMENT_MARKER))
    return is_phrase or not any(char.isalnum() for char in line)


def _is_form_only(lines: Sequence[str]) -> bool:
    """Tell whether nothing but a form follows."""
    return all(_is_nag(line) for line in lines)


def _speaks_like_readers(above: Sequence[str], below: Sequence[str]) -> bool:
    """Tell whether the lines below speak in readers' voices, and those above do not."""
    article = _key(" ".join(above))
    voice = sum(_is_reader(line, article) for line in below) / len(below)
    base = sum(_is_reader(line, "") for line in above) / len(above)
    return voice >= _VOICE_SHARE and voice - base >= _VOICE_GAP


def _is_reader(line: str, article: str) -> bool:
    """Tell whether one line shows a sign of a reader's voice."""
    if _URL.search(line) or _REPLY.search(line) or _CASUAL.search(line):
        return True
    if article and len(line) >= _MIN_QUOTE_CHARS and _key(line)[: 2 * _MIN_QUOTE_CHARS] in article:
        return True
    is_narrated = _SPEECH.search(line) is not None
    is_short = len(line.split()) <= _SHORT_LINE_WORDS
    return not is_narrated and (_PERSON.search(line) is not None or is_short or line.rstrip().endswith(("?", "!")))


def _words(lines: Sequence[str]) -> int:
    """Count the words of *lines*; a character of Chinese or Japanese counts as half a word."""
    return sum(max(len(line.split()), len(line) // 8) for line in lines)


def _key(text: str) -> str:
    """Return the letters and digits of *text* in lower case."""
    return _KEY.sub("", text).lower()
