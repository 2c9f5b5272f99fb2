"""Who speaks in Chinese, Japanese and Korean, where no space tells words apart."""

import re
from typing import Final

from extractors.facts.quotes_chinese import chinese_speaker
from extractors.facts.quotes_marks import Span
from extractors.facts.quotes_speaker import Speaker

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
    if language == "zh":
        return chinese_speaker(text, span, left=left, right=right)
    sentence = max(left, *(text.rfind(stop, left, span.start) + 1 for stop in "。！？"))
    before, after = text[sentence : span.start], text[span.end : min(right, span.end + 60)]
    said, subject = (_JA_AFTER, _JA_SUBJECT) if language == "ja" else (_KO_AFTER, _KO_SUBJECT)
    cue = said.match(after)
    if cue is None:
        return None
    found = list(subject.finditer(before))
    name = found[0][1].strip() if found else None
    return Speaker(name, name or "", cue[0], 0.85 if name else 0.5)
