"""Who speaks in Chinese, Japanese and Korean, where no space tells words apart."""

import re
from typing import Final

from extractors.facts.quotes_marks import Span
from extractors.facts.quotes_speaker import Speaker

_ZH_VERBS: Final = (
    "说|說|表示|称|稱|指出|认为|認為|强调|強調|写道|寫道|告诉|告訴|坦言|透露|回应|回應|补充|補充|宣布|警告|批评|批評|解释|解釋|"
    "呼吁|呼籲|承认|承認|介绍|介紹|直言|问道|問道|形容|质疑|喊话|发文|謂|讲|講|道"
)
_ZH_BEFORE: Final = re.compile(
    rf"([^，。！？；：“”「」\n]{{1,40}}?)(?:{_ZH_VERBS})[^，。！？“”「」]{{0,12}}[：:，,]?\s*$"
)
_ZH_AFTER: Final = re.compile(rf"[，,]?\s*([^，。！？；：“”「」\n]{{1,14}}?)(?:{_ZH_VERBS})")
_ZH_TRIM: Final = re.compile(
    r"(?:在.*|对.*|對.*|向.*|就.*|则|則|还|還|也|又|曾|并|並|随后|隨後|日前|近日|今天|今日|昨天|昨日|\d+月?\d*日|接受.*|于.*|於.*|亦|再次|公开|当天|周.|星期.)$"
)
_ZH_LEAD: Final = re.compile(
    r"^(?:但是?|而|不过|不過|同时|同時|此外|另外|对此|對此|其中|据悉|當時|当时|\d+日|今天|昨天|日前|近日)"
)
_JA_AFTER: Final = re.compile(
    r"(?:など)?(?:と|って)[^。]{0,16}?(?:述べ|話し|話す|語っ|語る|説明|コメント|指摘|強調|主張|訴え|振り返|明かし|答え|投稿|呼びかけ|批判|言っ|言う|いう)"
)
_JA_SUBJECT: Final = re.compile(
    r"([^、。「」『』\s]{2,24}?(?:さん|氏|首相|大統領|社長|教授|会長|大臣|知事|市長|長官|監督|選手|容疑者|被告|議員|CEO|"
    r"[^、。「」]{0,6}))[はが](?=[、「『]|[^、。]{0,40}[「『]?$)"
)
_KO_AFTER: Final = re.compile(
    r"(?:이?라고|고|라며|며)\s[^.]{0,16}?(?:말했|밝혔|전했|설명했|강조했|덧붙였|주장했|지적했)"
)
_KO_SUBJECT: Final = re.compile(r"([가-힣A-Za-z·\s]{2,24}?)[은는이가]\s(?=[^.]{0,40}$)")


def asian_speaker(text: str, span: Span, *, left: int, right: int, language: str) -> Speaker | None:
    """
    Return who speaks ``text[span.start:span.end]``, or None.

    Args:
        text: The text.
        span: The marked words.
        left: Where the paragraph starts.
        right: Where it ends.
        language: ``zh``, ``ja`` or ``ko``.
    """
    sentence = max(left, *(text.rfind(stop, left, span.start) + 1 for stop in "。！？"))
    before, after = text[sentence : span.start], text[span.end : min(right, span.end + 60)]
    if language == "zh":
        return _chinese(before, after)
    said, subject = (_JA_AFTER, _JA_SUBJECT) if language == "ja" else (_KO_AFTER, _KO_SUBJECT)
    cue = said.match(after)
    if cue is None:
        return None
    found = list(subject.finditer(before))
    name = found[0][1].strip() if found else None
    return Speaker(name, name or "", cue[0], 0.85 if name else 0.5)


def _chinese(before: str, after: str) -> Speaker | None:
    for found, confidence in ((_ZH_BEFORE.search(before), 0.9), (_ZH_AFTER.match(after), 0.85)):
        if found and (name := _trimmed(found[1])):
            is_pronoun = name in {"他", "她", "他们", "她们", "他們", "其"}
            return Speaker(None if is_pronoun else name, name, found[0][-1], 0.5 if is_pronoun else confidence)
    return None


def _trimmed(name: str) -> str:
    name = _ZH_TRIM.sub("", _ZH_LEAD.sub("", name.strip()))
    return _ZH_TRIM.sub("", name)
