"""Who speaks in Chinese, where no space tells words apart: clauses, verbs of saying, names by their surname."""

import re
from functools import lru_cache
from typing import Final

from extractors.facts.quotes_marks import Span
from extractors.facts.quotes_speaker import Speaker

_VERBS: Final = (
    "(?<![来來是以听聽据據小传傳])[说說](?!明|法|服|不|上|起|到底|了)|表示(?!了)|指出|认为|認為|强调|強調|写道|寫道|告诉|告訴|坦言|透露|回应|回應|补充|補充|宣布|警告|批评|批評|解释|解釋|"
    "呼吁|呼籲|承认|承認|介绍|介紹|直言|(?<=[说說问問笑叹喊])道|形容|质疑|質疑|喊话|喊話|发文|發文|回忆|回憶|感叹|感嘆|笑称|笑稱|宣称|宣稱|声称|聲稱|"
    "建议|建議|提醒|反驳|反駁|抱怨|爆料|留言|评论|評論|提到|谈到|談到|分析|发微博|发帖|發帖|发同情帖|写到|寫到|显示|顯示|哭诉|哭訴|猜测|猜測|感慨|吐槽|怒斥|坦承|辩称|辯稱|(?:称|稱)(?!为|為|作|其|之|得|赞|讚|霸|号|號|呼)|喊出|高呼|谈起|談起|谈及|談及|说起|說起|讲述|講述|断言|斷言|主张|主張|"
    "认定|認定|披露|答道|问道|問道|讲道|講道|调侃|調侃|坚称|堅稱|痛批|炮轰|炮轟|喊冤|表态|表態|重申|敦促|要求|希望|相信|戏称|戲稱|回答|追问|追問|反问|反問|(?<![访訪学學顾顧疑])[问問](?=[：:，,])|担心|擔心|预计|預計|预测|預測|判断|判斷|总结|總結|(?:规定|規定|提出)(?=[，：:,“「])|明确(?=[，：:])|明確(?=[，：:])|载明|載明|注明|写明|寫明|约定|約定|指控|写着|寫著|写有|寫有"
)
#: After these a verb of saying is a noun: "网友的评论".
_SAY: Final = re.compile(rf"(?<![的和与與及])(?:{_VERBS})")
_AFTER: Final = re.compile(rf"[，,]?\s*([^，。！？；：“”「」\n]{{1,60}}?)(?:{_VERBS})")
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
    "总理|總理|博士|院士|妹妹|代表|主任|律师|律師|居民|村民|市民|学生|學生|工人|教练|教練|队员|隊員|书记|書記|处长|副教授|作家|歌手|学者|學者|车主|司机|司機|店主|老人"
)
#: A name after a role, or one that does something.
_AFTER_ROLE: Final = re.compile(
    rf"(?:{_ROLES})({_NAME}?)(?=[，。、；：:（(“\s]|在|对|對|向|就|也|则|則|于|於|和|与|與|的|{_VERBS})"
)
#: A name that opens a clause and does what people do: "张伟走进港口".
_DOING: Final = re.compile(
    rf"(?<![一-鿿])({_NAME}?)(?=走|来到|來到|出生|毕业|畢業|站在|坐在|笑|拿着|发现|發現|觉得|覺得|带着|出席|会见|會見|抵达|抵達|出任|当选|當選|本人|显得|顯得|大方|泪流|淚流|"
    r"哽咽|夫妇|夫婦|一家|昨日|昨天|今天|今日|近日|日前)"
)
#: A name before a title: "刘先生", "周其仁教授".
_TITLED: Final = re.compile(rf"({_NAME}?)(?=本人|先生|女士|小姐|教授|院士|导演|導演|老师|老師)")
_SAYING: Final = re.compile(rf"(?<![一-鿿])({_NAME}?)(?=(?:也|还|還|则|則|曾)?(?:{_VERBS})|在接受|对记者|對記者|告诉)")
_PRONOUN: Final = re.compile(r"^(?:他们|她们|他們|她們|他|她)(?=[^的]{0,6}$)|其$")
_SOME: Final = re.compile(
    r"(?:^|[到见見称稱])(?:还|還|也|更)?有(?:许多|許多|不少|的|些|一些|一位|一名|位|名)?([^，在有]{2,10}?)(?:甚至|惊讶之余|之余)?(?:在.{1,10})?$"
)
_LEAD: Final = re.compile(
    r"^(?:在[^的]{1,20}?(?:上|中|时|時|后|後|里|裡)(?:发表的|發表的)?|但是?|而|不过|不過|同时|同時|此外|另外|对此|對此|其中|据悉|當時|当时|之前|随后|隨後|\d+月?\d*日(?:[晚早上下午凌晨间]*)|今天|昨天|日前|近日)"
)
_TAIL: Final = re.compile(
    r"(?:[对對就给給].*|(?<=.)向.*|(?:在|为了|為了|为此|為此|(?<=.)[于於])(?:[^的]*|.*(?:时|時|中|上|后|後|里|裡|会|會))|(?<=.{4})[上里裡]|[跟与與同](?:.*(?:时|時|中|后|後|里|裡))|则|則|还|還|也|又|曾|并|並|随后|隨後|日前|近日|今天|今日|昨天|昨日|\d+月?\d*日|接受.*|亦|再次|公开|公開|"
    r"当天|當天|周.|星期.|专门.*|專門.*|发布.*|發布.*|(?:不客气|不客氣|气呼呼|氣呼呼|笑眯眯|毫不客气|毫不客氣|毫不犹豫|毫不猶豫|斩钉截铁|斬釘截鐵|一针见血|一針見血|[一-鿿]{2})地|通报|通報|发布通报|发表声明|已经|已經|不再|忍不住|走进.*|(?:发表|發表)文章|刊文|撰文|发表评论|哭着|笑着|哽咽着|流着泪|含着泪|苦笑着|微笑着|抹着泪|仍|却|卻|甚至|纷纷|紛紛|当时给出的?|明确|笑着|进一步|進一步|特别)$"
)
#: Words that are no subject: what begins or ends so, or holds a verb of its own.
_GENERAL: Final = re.compile(
    r"^(?:.*[的地得了着過过之上下]|自己|我们?|这|這|那|它|并|據|据|可以|不能|面)$"
    r"|^(?:的|之|也许|或许|必须|必須|应该|應該|可能|以下|而|都|又|即|如果|因为|由于|关)|[将將把被让讓是会會]|不得不"
)
#: "回忆称": the first of two verbs of saying.
_SAID_TOO: Final = re.compile(rf"(?<!的)(?:{_VERBS})$")
#: "发布的消息为：", "通知如下：": a document that speaks.
_IS_AS_FOLLOWS: Final = re.compile(
    r"((?:[^，。]{2,20}的)?[^，。的]{0,6}(?:消息|通知|公告|声明|聲明|通报|通報|报告|報告|口号|口號|标语|標語|评语|評語|字样|字樣|短信|邮件|郵件|内容|內容))(?:为|為|是|如下)$"
)
#: Somebody's name on a platform: 网友“小飞侠”留言.
_ALIAS: Final = re.compile(r"[“「]([^“”「」]{1,14})[”」]$")
#: "信中写道", "海报上写着": a document that speaks.
_WRITTEN: Final = re.compile(
    r"^(?:.*的)?([^的在]{0,8}(?:信|海报|海報|短信|报告|報告|声明|聲明|文章|帖子|微博|日记|日記|通知|邮件|郵件|公告|标语|標語|横幅|橫幅|遗书|遺書|书|書))"
    r"[中上里裡内內]$"
)
#: "据路透社报道，", "根据条例第五条，": the source of what follows.
_SOURCE: Final = re.compile(
    r"(?:^|[，,])(?:[根依按]?[据據照])([^，。据據]{2,18}?)(?:第.{1,5}[条條])?(?:的?(?:报道|報道|报导|報導|消息|介绍|介紹|规定|規定|要求|说法|說法|统计|統計))?[，,]?$"
)
#: "其中第五条：“...”": a clause of the rules named before.
_ARTICLE: Final = re.compile(r"第[一二三四五六七八九十百零\d]+[条條款][^，。“”]{0,12}[：:，,]?\s*$")
_RULES: Final = re.compile(r"《[^》]{2,30}》|征求意见稿|徵求意見稿|草案|意见稿|修正案|条例|條例|办法|辦法|法案")
#: Characters back to which somebody still holds the floor.
_FLOOR: Final = 300
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
    if _ARTICLE.search(text, sentence, span.start) and (rules := _RULES.findall(text, 0, span.start)):
        return Speaker(rules[-1], rules[-1], "第", 0.6)
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


def chinese_teller(text: str, at: int) -> str | None:
    """Return who is last said to tell something in the narration before *at*, within 300 characters."""
    low = max(0, at - _FLOOR)
    for verb in reversed(list(_SAY.finditer(text, low, at))):
        start = max(low, *(text.rfind(mark, low, verb.start()) + 1 for mark in "”」。！？\n"))
        if text.count("“", low, verb.start()) > text.count("”", low, verb.start()):
            continue
        speaker = _named(text, _CLAUSES.split(text[start : verb.start()])[-1], at=start, cue=verb[0])
        if speaker and speaker.name:
            return speaker.name
    return None


def _before(text: str, start: int, end: int, *, confidence: float) -> Speaker | None:
    """Read the last verb of saying in ``text[start:end]``: its subject stands in its clause or in one before."""
    start = max(start, *(text.rfind(mark, start, end) + 1 for mark in "”」"))
    if document := _document(text, start, end, confidence=confidence):
        return document
    verbs = list(_SAY.finditer(text, start, end))
    for verb in reversed(verbs):
        clauses = _CLAUSES.split(text[start : verb.start()])
        if verb.start() == start and (alias := _ALIAS.search(text, max(0, start - _LONGEST), start)):
            return Speaker(alias[1], alias[0], verb[0], confidence)
        for back, clause in enumerate(reversed(clauses)):
            share = confidence if not back else 0.75 * confidence
            if speaker := _named(text, clause, at=verb.start(), cue=verb[0], confidence=share, is_near=not back):
                return speaker
    if source := _SOURCE.search(text[start:end]):
        return Speaker(source[1], source[1], source[0].strip("，,"), 0.75 * confidence)
    colon = text[start:end].rstrip()[-1:] in {"：", ":"}
    return _named(text, text[start:end].rstrip()[:-1], at=start, cue=":", confidence=0.7) if colon else None


def _document(text: str, start: int, end: int, *, confidence: float) -> Speaker | None:
    """Return the document that a clause without a verb of saying names before a colon."""
    clause = _CLAUSES.split(text[start:end].rstrip(" ：:"))[-1]
    found = _IS_AS_FOLLOWS.match(clause) if text[start:end].rstrip()[-1:] in {"：", ":"} else None
    return Speaker(found[1], found[1][-_LONGEST:], ":", 0.8 * confidence) if found else None


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
    if written := _WRITTEN.search(whole):
        return Speaker(written[1], written[1], cue, confidence)
    if some := _SOME.search(whole):
        return Speaker(some[1], some[1], cue, confidence)
    if pronoun := _PRONOUN.search(words):
        name = _last(text, people, at=at)
        return Speaker(name, pronoun[0], cue, 0.85 * confidence if name else 0.5)
    if len(words) > _LONGEST and "、" in words:
        words = words.rpartition("、")[2]
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
    found = [*_AFTER_ROLE.findall(text), *_SAYING.findall(text), *_DOING.findall(text), *_TITLED.findall(text)]
    return tuple(dict.fromkeys(name for name in found if not _SAY.search(name)))
