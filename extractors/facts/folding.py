"""
Fold case, width and typographic variants without moving an offset; tell where words end in every script.

Every rule maps one code point to one code point, so that an offset found in folded text is an offset in the
text itself.
"""

import re
import unicodedata
from functools import cache
from typing import Final

#: Scripts written without spaces: every place between two characters may be the edge of a word (UAX #29,
#: section 4).
_UNSPACED: Final = frozenset(
    {
        "BOPOMOFO",
        "CJK",
        "HIRAGANA",
        "IDEOGRAPHIC",
        "KATAKANA",
        "KATAKANA-HIRAGANA",
        "KHMER",
        "LAO",
        "MYANMAR",
        "THAI",
        "TIBETAN",
    }
)
#: Articles, conjunctions and prepositions that Arabic and Hebrew write together with the word they precede.
_PROCLITICS: Final = {
    "ARABIC": frozenset(re.findall(r"\w+", "و ف ب ل ك س ال وال فال بال كال لل ولل وب ول وك فب فل")),
    "HEBREW": frozenset(re.findall(r"\w+", "ב ה ו כ ל מ ש וב וה ול ומ וש שה שב מה כש")),
}
_NO_WORD: Final = ""
_MARK: Final = "MARK"
_ANY_SCRIPT: Final = "ANY"
_FIRST_WIDE, _LAST_WIDE = 0xFF01, 0xFFEE


def _variants() -> dict[str, str]:
    """Return the code points that are folded besides case: widths, apostrophes, hyphens, spaces."""
    table = {chr(point): chr(point) for point in range(_FIRST_WIDE, _LAST_WIDE + 1)}
    table = {char: unicodedata.normalize("NFKC", char) for char in table if unicodedata.decomposition(char)}
    table = {char: plain.lower() for char, plain in table.items() if len(plain.lower()) == 1}
    table |= dict.fromkeys("\u2018\u2019\u201b\u02bc\u2032\u0060\u00b4", "'")
    table |= dict.fromkeys("\u2010\u2011\ufe63", "-")
    table |= dict.fromkeys("\u00a0\u2002\u2003\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u3000", " ")
    return table | {"ς": "σ"}


_VARIANTS: Final = _variants()
#: Half a surrogate pair, as broken JSON leaves it, is no character; the automaton would refuse it.
_NO_CHARACTER: Final = "\ufffd"
_VARIANT: Final = re.compile("[" + "".join(map(re.escape, _VARIANTS)) + "\ud800-\udfff]")


def fold(text: str) -> str:
    """
    Return *text* in lower case and plain width, as many code points long as before.

    Accents stay: a query names the word as its readers write it. "İ" is the only code point whose lower case
    is longer (Unicode 15 SpecialCasing), so it is replaced first.
    """
    if text.isascii():
        return text.lower().replace("`", "'")
    lower = text.replace("İ", "i").lower()
    return _VARIANT.sub(lambda match: _VARIANTS.get(match[0], _NO_CHARACTER), lower)


def joined(text: str, at: int) -> bool:
    """
    Tell whether the characters before and after offset *at* belong to one word.

    Args:
        text: Folded text.
        at: 0 to ``len(text)``; the edges of the text join nothing.

    Returns:
        False between words, beside signs and spaces, between two scripts ("DeepSeek的") and anywhere in
        scripts written without spaces. A combining mark always joins what it stands on.
    """
    if at <= 0 or at >= len(text):
        return False
    after = kind(text[at])
    if after in {_NO_WORD, _MARK}:
        return after == _MARK
    before = kind(text[_base(text, at - 1)])
    if before in _UNSPACED or after in _UNSPACED or before == _NO_WORD:
        return False
    return before == after or _ANY_SCRIPT in {before, after}


def starts_word(text: str, at: int) -> bool:
    """Tell whether a word may start at offset *at* of folded *text*; after "و" or "ال" an Arabic one may."""
    if not joined(text, at):
        return True
    clitics = _PROCLITICS.get(kind(text[at]))
    return clitics is not None and text[_word_start(text, at) : at] in clitics


def ends_word(text: str, at: int) -> bool:
    """Tell whether a word may end at offset *at* of folded *text*; Korean particles need no space."""
    return not joined(text, at) or (kind(text[at]) == "HANGUL" and kind(text[at - 1]) == "HANGUL")


def word_end(text: str, at: int) -> int:
    """Return the end of the word that stands before offset *at* of folded *text*."""
    while joined(text, at):
        at += 1
    return at


def _word_start(text: str, at: int) -> int:
    while joined(text, at):
        at -= 1
    return at


def _base(text: str, at: int) -> int:
    """Return the offset of the character that the marks up to *at* stand on."""
    while at > 0 and kind(text[at]) == _MARK:
        at -= 1
    return at


@cache
def kind(char: str) -> str:
    """Return the script of *char*; ``ANY`` for digits, ``MARK`` for combining marks, "" outside words."""
    category = unicodedata.category(char)
    if category.startswith("M"):
        return _MARK
    if category.startswith("N") or char == "_":
        return _ANY_SCRIPT
    if not category.startswith("L"):
        return _NO_WORD
    return unicodedata.name(char, "OTHER").split()[0]
