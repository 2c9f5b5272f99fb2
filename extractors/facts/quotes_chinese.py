"""Who speaks in Chinese, where no space tells words apart: clauses, verbs of saying, names by their surname."""

import re
from functools import lru_cache
from typing import Final

from extractors.facts.quotes_marks import Span
from extractors.facts.quotes_speaker import Speaker

_VERBS: Final = (
    "(?<![来來是以听聽据據小传傳])[说說](?!明|法|服|不|上|起|到底|了)|表示(?!了)|指出|认为|認為|强调|強調|写道|寫道|告诉|告訴|坦言|透露|回应|回應|补充|補充|宣布|警告|批评|批評|解释|解釋|"
    "呼吁|呼籲|承认|承認|介绍|介紹|直言|(?<=[说說问問笑叹喊])道|形容|质疑|質疑|喊话|喊話|发文|發文|回忆|回憶|感叹|感嘆|笑称|笑稱|宣称|宣稱|声称|聲稱|"
    "建议|建議|提醒|反驳|反駁|抱怨|爆料|留言|评论|評論|提到|谈到|談到|分析|发微博|发帖|發帖|发同情帖|写到|寫到|显示|顯示|哭诉|哭訴|猜测|猜測|感慨|吐槽|怒斥|坦承|辩称|辯稱|(?:称|稱)(?!为|為|作|其|之|得|赞|讚|霸|号|號|呼)"
)
#: After these a verb of saying is a noun: "网友的评论".
_SAY: Final = re.compile(rf"(?<![的和与與及])(?:{_VERBS})")
_AFTER: Final = re.compile(rf"[，,]?\s*([^，。！？；：“”「」\n]{{1,40}}?)(?:{_VERBS})")
_CLAUSES: Final = re.compile(r"[，,；;：:]|——")
_COMPOUND: Final = "欧阳|歐陽|司马|司馬|诸葛|諸葛|上官|东方|東方|司徒|皇甫|令狐|慕容|尉迟|夏侯|公孙|公孫"
_SURNAMES: Final = (
    "王李张張刘劉陈陳杨楊赵趙黄黃周吴吳徐孙孫胡朱高林何郭马馬罗羅梁宋郑鄭谢謝韩韓唐冯馮于董萧蕭程曹袁邓鄧许許傅沈曾彭吕呂苏蘇卢盧蒋蔣蔡贾賈"
    "丁魏薛叶葉阎閻余潘杜戴夏钟鍾汪田任姜范方石姚谭譚廖邹鄒熊金陆陸郝孔白崔康毛邱秦江史顾顧侯邵孟龙龍万萬段雷钱錢汤湯尹黎易常武乔喬贺賀赖賴"
    "龚龔文庞龐樊兰蘭殷施陶洪翟安颜顏倪严嚴牛温溫芦季俞章鲁魯葛伍韦韋申尤毕畢聂聶焦向柳邢岳齐齊梅莫庄莊辛管祝左涂祁耿卜柴蒙穆"
)
_NAME: Final = rf"(?:{_COMPOUND}|[{_SURNAMES}])[一-鿿]{{1,2}}"
_ROLES: Final = (
    "长|長|员|員|授|家|师|師|导演|導演|记者|記者|总裁|總裁|主席|经理|經理|总监|總監|人|演员|先生|女士|秘书|秘書|总统|總統|"
    "总理|總理|博士|院士|妹妹|代表|主任|律师"
)
#: A name after a role, or one that does something.
_AFTER_ROLE: Final = re.compile(
    rf"(?:{_ROLES})({_NAME})(?=[，。、；：:（(“\s]|在|对|對|向|就|也|则|則|于|於|和|与|與|的|{_VERBS})"
)
_SAYING: Final = re.compile(rf"(?<![一-鿿])({_NAME})(?=(?:也|还|還|则|則|曾)?(?:{_VERBS})|在接受|对记者|對記者|告诉)")
_PRONOUN: Final = re.compile(r"^(?:他们|她们|他們|她們|他|她)(?=[^的]{0,6}$)|其$")
_SOME: Final = re.compile(r"(?:还|還|也|更)?有(?:许多|許多|不少)?([^，在]{2,8}?)(?:在.{1,10})?$")
_LEAD: Final = re.compile(
    r"^(?:在[^的]{1,20}?(?:上|中|时|時|后|後|里|裡)(?:发表的|發表的)?|但是?|而|不过|不過|同时|同時|此外|另外|对此|對此|其中|据悉|當時|当时|之前|随后|隨後|\d+月?\d*日(?:[晚早上下午凌晨间]*)|今天|昨天|日前|近日)"
)
_TAIL: Final = re.compile(
    r"(?:[在对對向就给給为為于於跟与與].*|则|則|还|還|也|又|曾|并|並|随后|隨後|日前|近日|今天|今日|昨天|昨日|\d+月?\d*日|接受.*|亦|再次|公开|公開|"
    r"当天|當天|周.|星期.|专门.*|專門.*|发布.*|發布.*|[一-鿿]{2,3}地|仍|却|卻|甚至|纷纷|紛紛|当时给出的?|明确|笑着|进一步|進一步|特别)$"
)
#: Words that are no subject: what begins or ends so, or holds a verb of its own.
_GENERAL: Final = re.compile(
    r"^(?:.*[的地得了着過过之上下]|自己|我们?|这|這|那|它|并|據|据|可以|不能|面)$"
    r"|^(?:的|之|也许|或许|必须|必須|应该|應該|可能|以下|而|都|又|即|如果|因为|由于|关)|[将將把被让讓是会會]|不得不"
)
#: "回忆称": the first of two verbs of saying.
_SAID_TOO: Final = re.compile(rf"(?:{_VERBS})$")
_LONGEST: Final = 24


def chinese_speaker(text: str, span: Span, *, left: int, right: int) -> Speaker | None:
    """
    Return who speaks ``text[span.start:span.end]``, or None.

    Args:
        text: The text.
        span: The marked words.
        left: Where the paragraph starts.
        right: Where it ends.
    """
    sentence = max(left, *(text.rfind(stop, left, span.start) + 1 for stop in "。！？"))
    if found := _before(text, sentence, span.start, confidence=0.9):
        return found
    after = _AFTER.match(text, span.end, min(right, span.end + 60))
    if after and (speaker := _named(text, after[1], at=span.end, cue=after[0][after.end(1) - after.start() :])):
        return speaker
    before = text[left:sentence].rstrip()
    if text[sentence : span.start].strip() or not before or before[-1] in "”」":
        return None
    earlier = max(left, *(text.rfind(stop, left, left + len(before) - 1) + 1 for stop in "。！？"))
    return _before(text, earlier, left + len(before), confidence=0.6)


def _before(text: str, start: int, end: int, *, confidence: float) -> Speaker | None:
    """Read the last verb of saying in ``text[start:end]``: its subject stands in its clause or in one before."""
    start = max(start, *(text.rfind(mark, start, end) + 1 for mark in "”」"))
    verbs = list(_SAY.finditer(text, start, end))
    for verb in reversed(verbs):
        clauses = _CLAUSES.split(text[start : verb.start()])
        for back, clause in enumerate(reversed(clauses)):
            share = confidence if not back else 0.75 * confidence
            if speaker := _named(text, clause, at=start, cue=verb[0], confidence=share, is_near=not back):
                return speaker
    colon = text[start:end].rstrip()[-1:] in {"：", ":"}
    return _named(text, text[start:end].rstrip()[:-1], at=start, cue=":", confidence=0.7) if colon else None


def _named(
    text: str, clause: str, *, at: int, cue: str, confidence: float = 0.85, is_near: bool = True
) -> Speaker | None:
    """
    Return who *clause* names as subject.

    Args:
        text: The text.
        clause: The words before a verb.
        at: Where in the text a pronoun looks back from.
        cue: The verb.
        confidence: Of a speaker that is named.
        is_near: The verb is of this clause, so that a name anywhere in it is the subject's.
    """
    whole = _LEAD.sub("", _LEAD.sub("", clause.strip(" \u3000“”，,")))
    words = _trimmed(whole)
    people = people_of(text)
    inside = [name for name in people if name in words] or [name for name in people if is_near and name in whole]
    if inside:
        last = max(inside, key=whole.rfind)
        return Speaker(last, (words if last in words else last)[-_LONGEST:], cue, confidence)
    if some := _SOME.search(whole):
        return Speaker(some[1], some[1], cue, confidence)
    if pronoun := _PRONOUN.search(words):
        name = _last(text, people, at=at)
        return Speaker(name, pronoun[0], cue, 0.85 * confidence if name else 0.5)
    if not words or len(words) > _LONGEST or _GENERAL.search(words) or _SAY.match(words):
        return None
    return Speaker(words, words, cue, confidence)


def _trimmed(words: str) -> str:
    for _ in range(3):
        words = _SAID_TOO.sub("", _TAIL.sub("", words)).strip(" \u3000、，,")
    return words


def _last(text: str, people: tuple[str, ...], *, at: int) -> str | None:
    """Return the person of *people* named last before *at*."""
    places = {name: text.rfind(name, 0, at) for name in people}
    best = max(places, key=lambda name: places[name], default=None)
    return best if best is not None and places[best] >= 0 else None


@lru_cache(maxsize=2)
def people_of(text: str) -> tuple[str, ...]:
    """Return the people that *text* names beside a role or as speaking, each once."""
    found = [*_AFTER_ROLE.findall(text), *_SAYING.findall(text)]
    return tuple(dict.fromkeys(name for name in found if not _SAY.search(name)))
