"""
Find readers' comments that no name gives away, by the shape of a thread.

Two signs must agree: several reply buttons, and beside each of them, in a block of its own, a time or an age. The
blocks that hold them are the comments, whatever their classes say.
"""

import re

from lxml import etree

#: Words of the button under a comment, as a whole label.
_REPLIES = (
    "reply", "reply to this", "reply to comment", "antworten", "auf kommentar antworten", "répondre", "responder",
    "rispondi", "beantwoorden", "reageer", "odpowiedz", "odpovědět", "ответить", "відповісти", "svara", "svar",
    "vastaa", "yanıtla", "cevapla", "回复", "回覆", "返信", "返信する", "답글", "رد", "जवाब दें",
)  # fmt: skip
_REPLY = frozenset(_REPLIES)
_MAX_LABEL = 30
_AGE = re.compile(
    r"\b(?:\d+|an?|one)\s*(?:min(?:ute)?|h(?:ou)?r|day|week|month|year)s?\s+ago\b|\bvor \d+ \w+\b|\bil y a \d+|"
    r"\bhace \d+|\d+ \w+ (?:fa|geleden|temu|назад|sedan|önce)\b|\d+\s*(?:分钟|小时|天|時間|日|分)前|"
    r"\b\d{1,2}[./ -]+(?:\d{1,2}|[^\W\d]{3,10})\.?[,./ -]+(?:\d{4}|\d{2})\b|\b[^\W\d]{3,10} \d{1,2}, \d{4}\b|"
    r"\b\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}",
    re.IGNORECASE,
)
#: One button may be a letter's or a live post's own; two with times are a thread.
_LEAST = 2
#: A footer of time and button is not the comment yet.
_MIN_CHARS = 60
#: How far above its button a comment's block may stand.
_CLIMB = 5
#: A page with more buttons is a forum or a machine.
_MOST = 2_000


def find_threads(tree: etree._Element) -> list[etree._Element]:
    """
    Return the blocks of comments under *tree*, outermost first, in document order.

    Args:
        tree: A page. A block that holds the page's headline is never returned.
    """
    buttons = [element for element in tree.iter("a", "button") if _is_reply(element)]
    if not _LEAST <= len(buttons) <= _MOST:
        return []
    blocks = dict.fromkeys(block for button in buttons if (block := _block_of(button)) is not None)
    return list(blocks) if len(blocks) >= _LEAST else []


def _is_reply(element: etree._Element) -> bool:
    """Tell whether an element is a button to reply."""
    label = element.text if element.text and element.text.strip() else (element[0].text if len(element) else None)
    return label is not None and len(label) <= _MAX_LABEL and label.strip().lower().rstrip(" .:↩»›") in _REPLY


def _block_of(button: etree._Element) -> etree._Element | None:
    """Return the nearest ancestor of *button* that shows when it was written, None where that is the page itself."""
    element = button
    for _step in range(_CLIMB):
        parent = element.getparent()
        if parent is None or parent.tag in {"body", "html", "main"} or parent.find(".//h1") is not None:
            return None
        element = parent
        text = " ".join(str(part) for part in element.itertext())
        has_time = element.find(".//time") is not None or _AGE.search(text) is not None
        if has_time and len(text.strip()) > _MIN_CHARS:
            return element
    return None
