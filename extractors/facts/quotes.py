"""
Find marked speech in clean text, tell who says it.

Rules and small lists of names only; see ``docs/explanation/quotes.md``.
"""

import re
from typing import Final

from extractors.facts.quotes_attribution import Attribution
from extractors.facts.quotes_lexicon import LOOSE_WORDS, SMALL_WORDS, cues
from extractors.facts.quotes_marks import marked_spans
from extractors.facts.quotes_names import names_of
from extractors.facts.quotes_speaker import Marked
from extractors.facts.sentences import sentence_around
from extractors.model import Quote

_WORD: Final = re.compile(r"[^\W_]+(?:[’'-][^\W_]+)*")
_CJK: Final = re.compile(r"[一-鿿ぁ-ヿ가-힣]")
_MARKS: Final = "“”\"„«»「」『』‹›‘’'‚‟＂` \u00a0\u202f"
_DETERMINED: Final = re.compile(
    r"(?:\b(?:a|an|the|his|her|their|its|our|this|that|these|those|such|so-called|called|no|any|some|der|"
    r"die|das|den|dem|ein|eine|einen|einer|"
    r"sogenannte[nr]?|le|la|les|un|une|des|du|el|los|las|una|il|lo|gli|het|een)|[’']s)\s$",
    re.IGNORECASE,
)
_NAMED: Final = re.compile(
    r"\b(?:(?P<verb>called|titled|entitled|dubbed|named|nicknamed|known as|headlined|see|siehe|voir|véase)|"
    r"song|book|film|movie|show|series|album|novel|play|hit|podcast|livre|roman|chanson|émission|película|libro|novela|canción|"
    r"episode|magazine|hashtag|genannt|Titel|Film|Buch|intitulée?|titulad[oa])\s$"
)
_WORKS: Final = frozenset(
    {
        "film",
        "livre",
        "roman",
        "chanson",
        "émission",
        "película",
        "libro",
        "novela",
        "canción",
        "podcast",
        "Film",
        "Buch",
    }
)
_NAMED_CJK: Final = re.compile(
    r"(?:(?:以下|简|簡|统|統|俗|通|号|號|人)[称稱]|[称稱](?:[其之]?[为為]|作)|叫做|叫作|名为|名為|所谓的?|所謂的?|誉为|譽為|题为|題為|绰号|人称|という(?:名前)?の)\s*$"
)
_CALLS: Final = re.compile(
    r"\b(?:(?:he|she|it|they|who|we|I|also|have|has|had|[A-Z][\w’'-]+)\s(?:called|dubbed|nicknamed)|"
    r"what\s[^,.;]{1,40}\s(?:called|calls|dubbed))\s$"
)
_LONGEST_NAME: Final = 6
#: Characters of a Chinese term or name.
_LONGEST_TERM: Final = 20
_STOP_INSIDE: Final = re.compile(r"[.?!,。！？，][”\"“»’'」』]*$")
_VERBAL: Final = re.compile(r"\b(?:have|has|had|is|was|are|were|be|been|not|would|will|did)\s$")
_FEW: Final = 3
#: Share of marked words with a cue or of a sentence's length from which a text reports speech; news of the corpora 0.5
#: to 1, manuals under 0.1.
_REPORTED: Final = 0.3
#: Words from which marked ones are no term.
_CLAUSE_WORDS: Final = 8
#: Words from which marked ones are speech, whatever the other marks in the text are for.
_MANY_WORDS: Final = 20
#: Characters of narration in which a single marked word may still belong to the cue.
_CLAUSE: Final = 220
_SAID: Final = re.compile(
    r"(?:said|says|say|asked|told|tweeted|wrote|saying|chanted|chanting|shouted|yelled|replied|added|"
    r"stated)(?:\s\w+){0,3},?\s$|[:,]\s$"
)
#: Where somebody said it: on “Morning Talk”, im „Morgenmagazin“.
_WHERE: Final = re.compile(r"\b(?:on|im|in|bei|beim|auf|dans|sur|en)\s(?:the\s|der\s|dem\s|le\s|la\s|el\s)?$")
_CALLED: Final = re.compile(
    r"\b(?:call|describ|label|brand|dub|refer|characteri|dismiss|denounc|slam|blast|hail|nannt|bezeichne|"
    r"qualifi|dénonc|parl[eé]|évoqu|fustig|salu[eé]|accus|réclam|promet|promis|calific|denunci|tild[oó]|tach[oó]|habl[aoó]|"
    r"defin|critic|celebr|lament)\w*\b[^.;]{0,60}$",
    re.IGNORECASE,
)


def find_quotes(text: str, *, language: str | None, watched: tuple[tuple[int, int], ...] = ()) -> tuple[Quote, ...]:
    """
    Return every marked span of speech in *text*, in order.

    Args:
        text: Paragraphs separated by line breaks; offsets count its code points.
        language: ISO 639-1, None where unknown: then with English cues.
        watched: (start, end) of names from the watchlist, see ``watched_names``.

    Returns:
        Quotes without overlaps, marks included. Titles, terms and words at a distance are none. The speaker is None
        where the text does not give one.
    """
    spans = marked_spans(text)
    if not spans:
        return ()
    known = (language or "").partition("-")[0].lower()
    attribution = Attribution(text, spans, names=names_of(text, known, watched), cues=cues(known), language=known)
    found = attribution.run()
    # Where hardly any marked words have a cue, marks are for terms and examples: then only whole sentences are speech.
    told = sum(_has_cue(marked) or _is_clause(text, marked) for marked in found)
    is_report = len(found) <= _FEW or told >= _REPORTED * len(found)
    return tuple(
        _quote(text, marked)
        for marked in found
        if _is_speech(text, marked, language=known) and (is_report or _has_cue(marked) or _is_long(text, marked))
    )


def _has_cue(marked: Marked) -> bool:
    return marked.speaker is not None and bool(marked.speaker.cue)


def _is_clause(text: str, marked: Marked) -> bool:
    inner = text[marked.span.start : marked.span.end]
    return max(len(_WORD.findall(inner)), len(_CJK.findall(inner)) // 2) >= _CLAUSE_WORDS


def _is_long(text: str, marked: Marked) -> bool:
    inner = text[marked.span.start : marked.span.end]
    count = len(_WORD.findall(inner))
    return count >= _MANY_WORDS or (bool(_STOP_INSIDE.search(inner)) and count > _FEW * 2) or bool(_CJK.search(inner))


def _quote(text: str, marked: Marked) -> Quote:
    start, end = marked.span.start, marked.span.end
    left, right = sentence_around(text, start, end)
    speaker = marked.speaker
    return Quote(
        char_start=start,
        char_end=end,
        text=text[start:end],
        kind=_kind(text, marked),
        speaker=speaker.name if speaker else None,
        speaker_raw=speaker.raw or None if speaker else None,
        cue=speaker.cue or None if speaker else None,
        confidence=speaker.confidence if speaker else 0.3,
        sentence=text[left:right],
    )


def _kind(text: str, marked: Marked) -> str:
    if marked.is_continued:
        return "continued"
    inner = text[marked.span.start : marked.span.end].strip(_MARKS)
    narration = text[marked.left : marked.span.start].rstrip()
    is_clause = inner[:1].isupper() and (not narration or narration[-1] in ":,")
    return "direct" if is_clause or bool(_STOP_INSIDE.search(text[marked.span.start : marked.span.end])) else "partial"


def _is_speech(text: str, marked: Marked, *, language: str) -> bool:  # noqa: PLR0911 - one case after the other
    """Tell speech from terms, titles and words at a distance."""
    span = marked.span
    inner = text[span.start : span.end].strip(_MARKS)
    words = _WORD.findall(inner)
    if not words:
        return False
    count = len(_CJK.findall(inner)) // 2 if _CJK.search(inner) else len(words)
    before, after = text[marked.left : span.start], text[span.end : marked.right]
    if _is_named(before, words) or (_is_title(words) and not _SAID.search(before) and not _spoken(inner, marked)):
        return False
    if (
        words[0][0].isupper()
        and (len(words) == 1 or _is_title(words))
        and _WHERE.search(before)
        and inner[-1] not in "?!"
    ):
        return False
    has_cue = _has_cue(marked)
    is_sentence = bool(re.search(r"[.?!,。！？，]$", inner))
    if language == "zh" and not has_cue and _is_term_cjk(inner, before, after):
        return False
    if count > _FEW or (is_sentence and (has_cue or count > 1)):
        return True
    if _CJK.search(inner):
        return has_cue and marked.is_governed and (is_sentence or count > 1)
    is_remark = marked.speaker is not None and has_cue and after[1:].startswith(marked.speaker.cue)
    if (
        _is_attributive(after, language=language)
        and not _CALLED.search(before)
        and not _VERBAL.search(before)
        and not is_remark
    ):
        return False
    if has_cue and marked.is_governed and (count > 1 or len(before) <= _CLAUSE):
        return count > 1 or not _DETERMINED.search(before) or bool(_CALLED.search(before)) or _is_reported(before)
    if has_cue and marked.is_continued:
        return count > 1 or not _DETERMINED.search(before)
    return count > 1 and not _DETERMINED.search(before)


def _is_term_cjk(inner: str, before: str, after: str) -> bool:
    """Tell whether short Chinese words without a stop stand within a clause: 参观了“...论坛”的展台."""
    is_within = bool(_CJK.search(before[-1:])) and bool(_CJK.search(after[:1]))
    return is_within and len(inner) < _LONGEST_TERM and not re.search(r"[，。！？；：]", inner)


def _is_named(before: str, words: list[str]) -> bool:
    """Tell whether the words before make the marked ones a name: "a poem called", "the film"."""
    found = _NAMED.search(before)
    if found is None:
        return _NAMED_CJK.search(before) is not None
    if found["verb"] is None:
        # Only English and German write the words of a title with capitals.
        is_short = found[0].strip() in _WORKS and len(words) <= _LONGEST_NAME
        return _is_title(words) or len(words) == 1 or is_short
    return len(words) <= _LONGEST_NAME and not _CALLS.search(before)


def _spoken(inner: str, marked: Marked) -> bool:
    """Tell whether words that all begin with a capital are said all the same."""
    return inner[-1:] in ".!?" or (inner[-1:] == "," and marked.is_governed)


def _is_reported(before: str) -> bool:
    """Tell whether "that" opens what is said: "told the premier that the shortage was a ..."."""
    return re.search(r"\bthat\b[^.;]*$", before) is not None


def _is_title(words: list[str]) -> bool:
    """Tell whether all words that count begin with a capital: "Meet the Press"."""
    if len(words) == 1 or not all(word[0].isupper() or word.lower() in SMALL_WORDS for word in words):
        return False
    return words[0][0].isupper() and any(word.lower() not in SMALL_WORDS for word in words)


def _is_attributive(after: str, *, language: str) -> bool:
    """Tell whether the marked words stand before a noun: "bigger is better" hyperscalers."""
    found = re.match(r" ([^\W\d_][\w’'-]*)", after)
    if found is None or (language == "de" and found[1][0].islower()):
        return False
    word = found[1].lower()
    return word not in LOOSE_WORDS and not word.endswith(("ing", "ly", "ed"))
