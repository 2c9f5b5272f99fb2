"""
Mend damaged characters, naming each repair that changed something.

Double encoding is mended on the decoded page before extraction, because trafilatura drops the control characters that
carry the evidence; bytes that were lost for good are guessed from context, block by block, in English text only. Text
that was right is never touched: every rule needs a sign that cannot stand in clean text.
"""

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import ftfy
from ftfy.badness import is_bad

#: Names of the repairs, as ``articles.repaired`` lists them.
DOUBLE_ENCODING = "double-encoding"
LOST_BYTES = "lost-bytes"
ENTITIES = "entities"
CONTROLS = "control-characters"
INVISIBLE = "invisible-characters"
SPACES = "no-break-spaces"
ORDER = (DOUBLE_ENCODING, LOST_BYTES, ENTITIES, CONTROLS, INVISIBLE, SPACES)

# First characters of UTF-8 sequences as the common single-byte charsets show them, and the C1 controls themselves.
# Such a character with what the next byte of its sequence looks like: almost no clean page has one.
_PAIR = re.compile(
    r"[\x80-\x9f]|[ÂÃÄÅÆÇÈÉÊÎÏÐÑÒÓâãäåæçèéêìíîïðñĂĐŃŘŮăđĘëŕĺГРСвђ]"
    r"[\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸśźşŚŹŞťŤľĽłŁąĄżŻĐ]"
    r"|вЂ|[РС][\u0402-\u040f\u0452-\u045f]"
)
# The same on the UTF-8 of a whole page, where a literal first byte makes the search many times faster.
_NEXT = (
    rb"(?:\xc2[\x80-\xbf]|\xe2[\x80-\x84]|\xc4[\x84\x85\x90\xbd\xbe]|\xc6\x92|\xcb[\x86\x9c]"
    rb"|\xc5[\x81\x82\x92-\x9b\x9e-\xa1\xa4\xa5\xb8-\xbe])"
)
_ASCII = bytes(range(128))
_PAIR_BYTES = re.compile(
    rb"\xc2[\x80-\x9f]|\xc3[\x82-\x96\xa2-\xb1]"
    + _NEXT
    + rb"|\xc4[\x82\x83\x90\x91\x98\xab\xba]"
    + _NEXT
    + rb"|\xc5[\x83\x95\x98\xae]"
    + _NEXT
    + rb"|\xd0[\x93\xa0\xa1\xb2]"
    + _NEXT
    + rb"|\xd0\xb2\xd0\x82|\xd0[\xa0\xa1](?:\xd0[\x82-\x8f]|\xd1[\x92-\x9f])"
)
# Runs end at tags, line ends and straight quotes, so that one bad string of a script is judged by itself.
_RUN_ENDS = '<>\n\r"'
_RUN_END = re.compile(f"[{_RUN_ENDS}]")
_LOST_ELLIPSIS = re.compile(r"â[¦¬¢](?:\s|$)")
#: Damage is nested no deeper in practice.
_MAX_ROUNDS = 8
_TOKEN = re.compile(r"\S+")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# Joiners (U+200C, U+200D) shape letters in Persian, Indic scripts and emoji: between Latin characters they are noise.
# What no tree of XML may hold (XML 1.0, 2.2), as it is and as references: lxml hands it out and refuses to
# take it back. Line and form feeds of all kinds part words, the rest does not.
_PARTING = b"\x0b\x0c\x1c\x1d\x1e\x1f"
_NO_XML = bytes(code for code in range(32) if code not in b"\t\n\r" + _PARTING)
_PARTED = bytes.maketrans(_PARTING, b" " * len(_PARTING))
_NO_CHARACTERS = ("\ufffe", "\uffff")
_NO_XML_REFERENCE = re.compile(
    rb"&#(?:0*([1-8]|1[124-9]|2\d|3[01]|6553[45])(?!\d)|[xX]0*([1-8bBcCeEfF]|1[0-9a-fA-F]|[fF]{3}[eEfF])(?![0-9a-fA-F]));?"
)
_INVISIBLE = re.compile(
    r"[\u00ad\u200b\u2060\ufeff]|(?<=[\x00-\u024f])[\u200c\u200d](?=[\x00-\u024f])|[\u200e\u200f](?=[\x00-\u024f])"
)
_ODD_SPACE = re.compile(r"[\u00a0\u2000-\u200a\u202f\u205f\u3000]")
_MANY_SPACES = re.compile(r"[ \t\x0b\x0c]{2,}|\t")
_ENTITY = re.compile(
    r"&(?:amp|nbsp|quot|apos|[lr][sd]quo|[nm]dash|hellip|bull|euro|pound|copy|reg|trade|[a-zA-Z]{1,2}(?:acute|grave|circ|uml|tilde|cedil|slash|ring|lig)|#\d{2,5}|#x[0-9a-fA-F]{2,4});"
)
_CODE_SIGN = re.compile(
    r"[<>{}`\\]|==|\b(?:html|xml|entit(?:y|ies)|escap(?:e|ed|ing)|markup|ampersand)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Repaired:
    """Texts after repair, with the names of what was done; made by ``repair``, taken by ``reading``."""

    texts: tuple[str, ...]
    repairs: tuple[str, ...] = ()


def repair_page(text: str) -> tuple[str, tuple[str, ...]]:
    """
    Undo double encoding in a decoded page.

    Args:
        text: The page as decoded, markup included.

    Returns:
        The page, and ``("double-encoding",)`` where something changed. Each run between tags or line ends is judged by
        itself, and each word of it where good characters in the run keep the whole from being undone.
    """
    if text.isascii():
        return text, ()
    data = text.encode("utf-8", "replace")
    # What stands side by side does so without the ASCII around it too, which is most of a page.
    if not _PAIR_BYTES.search(data.translate(None, _ASCII)) or not _PAIR_BYTES.search(data):
        return text, ()
    mended = _undo_double(text)
    return (mended, (DOUBLE_ENCODING,)) if mended != text else (text, ())


def parseable(markup: str) -> bytes:
    """
    Return a page in UTF-8 without characters that no tree of XML may hold, written out or as references.

    Args:
        markup: The page as decoded.

    Returns:
        Bytes that a parser for UTF-8 takes as they are. Form feeds and the like are spaces, half surrogate pairs "?".

    Source:
        XML 1.0, production 2 (Char). libxml2 2.14 keeps the others, and lxml raises ValueError where text with one of
        them is moved; 3 of 15,000 damaged pages failed so (2026-11-22).
    """
    for character in _NO_CHARACTERS:
        markup = markup.replace(character, "")
    data = markup.encode("utf-8", "replace").translate(_PARTED, _NO_XML)
    return _NO_XML_REFERENCE.sub(_reference, data)


def _reference(match: re.Match[bytes]) -> bytes:
    """Return what stands for a reference to no character: a space where it parts words."""
    decimal, hexadecimal = match.groups()
    code = int(decimal) if decimal else int(hexadecimal, 16)
    return b" " if code in frozenset(_PARTING) else b""


def drop_controls(text: str) -> str:
    """Return *text* without control characters and lone surrogates."""
    return _CONTROLS.sub("", text)


def repair_texts(texts: Sequence[str], *, language: str | None) -> Repaired:
    """
    Mend what is left in blocks of plain text.

    Args:
        texts: Paragraphs of one article in order.
        language: ISO 639-1 of the article; lost bytes are only guessed in English ("en") or unknown (None).

    Returns:
        As many texts as were given. Clean text in any language comes back unchanged, except that no-break spaces
        become spaces, runs of spaces one, and soft hyphens and zero-width characters go.
    """
    done: set[str] = set()
    out = [_mend(text, done) for text in texts]
    if language in (None, "en") and _is_lossy(out):
        mended = [_restore_marks(text) for text in out]
        if mended != out:
            done.add(LOST_BYTES)
            out = mended
    return Repaired(texts=tuple(out), repairs=_ordered(done))


def _ordered(names: Iterable[str]) -> tuple[str, ...]:
    """Return *names* in the order in which repairs are listed."""
    known = set(names)
    return tuple(name for name in ORDER if name in known)


def merge_repairs(*groups: Iterable[str]) -> tuple[str, ...]:
    """Return the repairs of all *groups*, each once, in the fixed order."""
    return _ordered(name for group in groups for name in group)


def _mend(text: str, done: set[str]) -> str:
    """Return *text* after every repair that one block can judge alone; the names go into *done*."""
    # One repair may uncover what another mends (an entity that hid a damaged character), so until nothing changes.
    for _round in range(_MAX_ROUNDS):
        before = text
        for name, repair in _BLOCK_REPAIRS:
            mended = repair(text)
            if mended != text:
                done.add(name)
                text = mended
        if text == before:
            break
    # Collapsing spaces is layout, no damage: it is not recorded.
    return _MANY_SPACES.sub(" ", text).strip() if "  " in text or "\t" in text or text != text.strip() else text


def _undo(run: str) -> str:
    """Return *run* with double encoding undone, as a whole or word by word."""
    if run.isascii() or not _PAIR.search(run) or not is_bad(run):
        return run
    whole = _fix(run)
    if whole != run and _is_better(run, whole):
        return whole
    return _TOKEN.sub(_undo_token, run)


def _fix(text: str) -> str:
    """Return ftfy's answer; where an ellipsis lost its bytes, the space after it is no part of another character."""
    is_whole = not _LOST_ELLIPSIS.search(text)
    return ftfy.fix_encoding(text, restore_byte_a0=is_whole, decode_inconsistent_utf8=is_whole)


def _undo_token(match: re.Match[str]) -> str:
    """Return one word with double encoding undone."""
    token = match.group()
    if token.isascii() or not is_bad(token):
        return token
    fixed = _fix(token)
    return fixed if _is_better(token, fixed) else token


def _is_better(before: str, after: str) -> bool:
    """Tell whether undoing shortened the text without inventing characters."""
    return len(after) < len(before) and after.count("\ufffd") <= before.count("\ufffd") and bool(after.strip())


def _undo_double(text: str) -> str:
    """Return *text* with double encoding undone in each suspicious run."""
    out: list[str] = []
    done = 0
    while not text.isascii() and (pair := _PAIR.search(text, done)):
        start = max(done, *(text.rfind(end, done, pair.start()) + 1 for end in _RUN_ENDS))
        found = _RUN_END.search(text, pair.end())
        end = found.start() if found else len(text)
        out += text[done:start], _undo(text[start:end])
        done = end
    return "".join((*out, text[done:])) if done else text


def _unescape(text: str) -> str:
    """Return *text* with entities that were shown raw as characters, unless it talks about markup."""
    if "&" not in text or not _ENTITY.search(text) or _CODE_SIGN.search(text):
        return text
    return _ENTITY.sub(lambda match: html.unescape(match.group()), text)


def _drop_invisible(text: str) -> str:
    """Return *text* without soft hyphens, zero-width characters and stray direction marks."""
    return text if text.isascii() else _INVISIBLE.sub("", text)


def _plain_spaces(text: str) -> str:
    """Return *text* with no-break and typographic spaces as plain ones."""
    return text if text.isascii() else _ODD_SPACE.sub(" ", text)


# Spaces come before entities would make new ones, so each repair of one block leaves nothing for another pass.
_BLOCK_REPAIRS = (
    (ENTITIES, _unescape),
    (DOUBLE_ENCODING, _undo_double),
    (CONTROLS, drop_controls),
    (INVISIBLE, _drop_invisible),
    (SPACES, _plain_spaces),
)

# --- bytes lost for good -------------------------------------------------------------------------------------------
# UTF-8 quotes and dashes (E2 80 xx) read as ISO-8859-x and stripped of control characters leave a lone "â". Context
# gives the mark back: exact for 91 % of marks on 505 pages damaged on purpose, for 14 of 14 in the article of seed 002.

_LOST = "â"
_SUFFIX = re.compile(r"(?:s|t|re|ve|ll|d|m)\b", re.IGNORECASE)
# Signs that clean English cannot hold: the letter alone between spaces, or in the place of an apostrophe.
_SURE = re.compile(r"(?<=\w)â(?:s|re|ve|ll)\b|(?<=n)ât\b|(?<=\s)â(?=\s)|(?<=[.,!?])â(?=\s|$)|(?<=\s)â(?=[A-Z][a-z])")
_LETTERS = re.compile(r"[^\W\d_]+", re.UNICODE)
# One word at a lost dash must be among these, else the letter may belong to a name ("Neuchâtel").
_COMMON_WORDS = (
    "a about after all also although an and are as at be because been before being but by can could did do does even "
    "for from had has have he her here his how i if in including into is it its just like many may might more most "
    "much my no nor not now of on one only or our out over perhaps she should since so some such than that the their "
    "them then there these they this those though to too under until up us very was we well were what when where "
    "whether which while who whom whose why will with without would yet you your"
)
_COMMON = frozenset(_COMMON_WORDS.split())
_THREE_BYTE = (("â¦", "…"), ("â¬", "€"), ("â¢", "•"))


def _is_lossy(texts: Sequence[str]) -> bool:
    """Tell whether the article shows lost bytes beyond doubt."""
    return any(_LOST in text and _SURE.search(text) for text in texts)


def _restore_marks(text: str) -> str:
    """Return *text* with each lone "â" replaced by the mark that its place calls for."""
    if _LOST not in text:
        return text
    for damaged, whole in _THREE_BYTE:
        text = text.replace(damaged, whole)
    out: list[str] = []
    for index, char in enumerate(text):
        out.append(_mark(text, index, out) if char == _LOST else char)
    return "".join(out)


def _mark(text: str, index: int, before: Sequence[str]) -> str:
    """Return the mark that stood at *index*, or the letter itself where it belongs to a word."""
    left = text[index - 1] if index else " "
    right = text[index + 1] if index + 1 < len(text) else " "
    if left.isspace() and right.isspace():
        return "–"
    if left.isalnum() and right.isalnum():
        return _inside_word(text, index)
    is_open = "".join(before).count("“") > before.count("”")
    if left.isspace() or left in "([—–“":
        return _opening(text, index, is_open=is_open)
    return _closing(text, index, is_open=is_open)


def _inside_word(text: str, index: int) -> str:
    """Return the mark between two characters of a word: apostrophe, dash, or the letter itself."""
    left, right = text[index - 1], text[index + 1]
    if left.isdigit() and right.isdigit():
        return "–"
    if _SUFFIX.match(text, index + 1):
        return "’"
    before = _LETTERS.findall(text[max(0, index - 30) : index])
    after = _LETTERS.match(text, index + 1)
    head = before[-1] if before else ""
    tail = after.group() if after else ""
    if head in {"O", "D", "L"} and tail[:1].isupper():
        return "’"
    is_dash = (
        head.lower() in _COMMON or tail.lower().rstrip(_LOST) in _COMMON or tail.split(_LOST)[0].lower() in _COMMON
    )
    return "—" if is_dash else _LOST


def _opening(text: str, index: int, *, is_open: bool) -> str:
    """Return the mark before a word: an opening quote, or the apostrophe of a decade or a clipped word."""
    if re.match(r"\d0s\b|(?:tis|twas|til|em|cause)\b", text[index + 1 : index + 8], re.IGNORECASE):
        return "’"
    return "‘" if is_open else "“"


def _closing(text: str, index: int, *, is_open: bool) -> str:
    """Return the mark after a word: a closing quote, or the apostrophe of a plural's possessive."""
    left = text[index - 1]
    rest = text[index + 1 :]
    is_possessive = left == "s" and bool(re.match(r"\s+[a-zA-Z]", rest))
    closes_later = re.search(r"[\w.,!?]â(?=[\s.,!?;:)]|$)", rest) is not None
    if is_open and not (is_possessive and closes_later):
        return "”"
    return "’" if left.isalpha() else "”"
