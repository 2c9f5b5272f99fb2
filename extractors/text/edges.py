"""
Strip the lines at either end of a text that speak of the text, not in it.

A line goes only where it stands within a few blocks of an end, opens with a stock phrase and is short; the note about
an author only where it opens with a name that the page gives as its author. Where the publisher's own JSON-LD body
ends with a block of the text, what stands below that block is not the article's.
"""

import re
from collections.abc import Iterator, Sequence

from extractors.model import RemovalKind
from extractors.text.article import Block, BlockKind, key
from extractors.text.phrases import READING_LIST

_FLAGS = re.IGNORECASE
#: How many blocks from the top, and from the end, a rule looks at.
_TOP = 6
_END = 4
#: Fewer blocks than this above the end are no article with an end.
_LEAST_ABOVE = 2
_LINE_WORDS = 45
_LABEL_WORDS = 14
_NOTE_WORDS = 120
_MAX_CHARS = 600
#: At most this share of the words may stand below the end of the publisher's own text.
_BELOW_SHARE = 0.3
#: A list of readings may be at most this share of the words of the text, under a heading of so many words.
_LIST_SHARE = 0.3
_LIST_LINE_WORDS = 40
_LIST_HEAD_WORDS = 14
_CLAIMED_CHARS = 40
_TAIL = 30

Verdict = tuple[RemovalKind, str]


def _start(*alternatives: str) -> re.Pattern[str]:
    return re.compile(r"^[\W_]{0,4}(?:" + "|".join(alternatives) + ")", _FLAGS)


def _whole(*alternatives: str) -> re.Pattern[str]:
    return re.compile(r"^[\W_]*(?:" + "|".join(alternatives) + r")[\W_]*$", _FLAGS)


#: Who else worked on the text, and which agency it came from.
CREDIT_LINE = _start(
    r"(?:with )?(?:additional |further )?(?:reporting|writing|editing|edited|compiled|translated|translation|"
    r"interview(?:ed)?|production|graphics?) by\b",
    r"with (?:files|reporting|reports?|additional reporting|material|information|contributions?) (?:from|by)\b",
    r"(?:source|quelle|fuente|fonte|bron|källa|kilde|lähde|źródło|zdroj|kaynak|источник|джерело|المصدر)n?\s*:",
    r"(?:来源|來源|责任编辑|責任編輯|编辑|編輯|記者|校对|原标题)\s*[:：]",
    r"mit (?:agenturmaterial|material|informationen|inhalten) ?(?:der|des|von|$|\.)",
    r"(?:mit|avec|con|com|z|with|s|ile)\s+(?:dpa|afp|reuters|ap|apa|kna|epd|ansa|efe|pap|lusa|europa press|agences?|"
    r"agencias?|agenturen)\b.{0,30}$",
    r"(?:con información de|com informações d[aeo]s?|con informazioni di|avec (?:les )?informations d)",
    r"(?:dpa|afp|reuters|ap|apa|sda|kna|epd|ansa|efe|pap|lusa|tass|xinhua|belga|anp|ntb|tt|sid)"
    r"(?:[/,\s-]+\w{2,12}){0,4}\)?$",
    r"(?:das gespräch führte|das interview führte|propos recueillis par|aus dem \w+ (?:übersetzt )?von|przełożył|"
    r"rozmawiała?|редактор\s*:|автор\s*:)",
)
#: The reader is asked to follow, to write, to install or to listen.
FOLLOW = _start(
    r"follow (?:us|the author|him|her|them|@|[A-Z]\w+(?: \w+){0,4} on)\b",
    r"(?:like|enjoyed?|love) (?:this|what you).{0,30}\?",
    r"(?:we want to hear|we.d love to hear|let us know) what you think",
    r"(?:do you have|got|have) (?:a|any|an) (?:tip|story|question|news tip|confidential)",
    r"(?:contact|e-?mail|write to|reach) (?:us|the (?:author|writer|reporter|editor)|him|her|me) (?:at|via|on|here)\b",
    r"(?:click here to|tap here to|download|get) (?:get )?(?:the|our) .{0,40}\bapp\b",
    r"(?:listen to|watch|catch) .{0,60}\b(?:live|weekdays|podcast|on (?:bbc|itv|channel|youtube))\b",
    r"stay (?:informed|connected|up to date|updated) with\b",
    r"(?:do you want to|want to) (?:be informed|stay|get|read|know|see) .{0,80}\?",
    r"(?:if you (?:liked|enjoyed)|for more (?:stories|news|information|details)\b.{0,30}(?:visit|follow|click|contact|"
    r"go to|see))",
    r"submit (?:your )?(?:a )?letters? to\b",
    r"(?:ihre|deine) meinung (?:ist|interessiert)",
    r"(?:schreiben|senden|schicken|folgen|besuchen|diskutieren) sie (?:uns|mit)\b",
    r"(?:folge|folgt|schreib|besuch) (?:uns|mir)\b",
    r"(?:haben sie|hast du) (?:fragen|hinweise|anregungen|einen fehler|feedback)",
    r"hat (?:ihnen|dir) (?:der|dieser|das) (?:artikel|beitrag|text) gefallen",
    r"(?:suivez|retrouvez|rejoignez|contactez|écrivez)[- ](?:nous|le|la|les|toute)\b",
    r"(?:s[ií]guenos|s[ií]ganos|s[ií]gueme|sigue (?:toda|la|a|leyendo)|puede (?:escribirnos|seguir)|escr[ií]benos|"
    r"[úu]nete a|mira lo que tiene|ingresa a nuestro)\b",
    r"(?:segui(?:ci|teci)|scrivi(?:ci|teci)|resta aggiornato|rimani aggiornato)\b",
    r"(?:siga|acompanhe|participe|entre no|clique aqui|inscreva-se no)\b",
    r"(?:volg ons|lees mee|mail de redactie|heeft u|heb je) ",
    r"(?:obserwuj nas|dołącz do|śledź nas|polub nas|zapraszamy (?:też |także )?do|masz (?:temat|informacj)|napisz do "
    r"nas)\b",
    r"(?:подписывайтесь|подпишитесь|следите за|присоединяйтесь|оцените|напишите нам|підписуйтесь)",
    r"(?:bizi takip|haberin devamı|whatsapp kanal|google news)",
    r"(?:تابعونا|تابع(?:وا)? |اشترك|للمزيد)",
    r"(?:关注|關注|欢迎关注|扫码|掃碼|更多精彩|点击进入|フォロー|公式(?:x|ライン|line))",
)
#: What a page says of the text above it: its section, its length, its contents.
LABEL = _whole(
    r"(?:kategorien?|category|categories|filed under|posted in|rubrik|ressort|tags?|themen|topics?|schlagw\w+|"
    r"mots[- ]clés|catégories?|etiquetas|categor[ií]as?|tópicos|argomenti|категори[яи]|рубрик[аи]|теги?|тэги|标签|分类|"
    r"カテゴリ|タグ|kategoria|tagi|etiketler|kategori)\s*[:：].{0,80}",
    r"(?:inhaltsverzeichnis|table of contents|contents|in this article|on this page|sommaire|table des matières|"
    r"[íi]ndice(?: de contenidos)?|indice|spis treści|inhoud(?:sopgave)?|содержание|目录|目次|içindekiler)"
    r"(?: (?:show|hide|anzeigen|verbergen|\[.{0,12}\]))?",
    r"(?:ten (?:tekst|artykuł) przeczytasz w|tempo de leitura|czas czytania|temps de lecture|tiempo de lectura|"
    r"lesezeit|okuma süresi|время чтения)\b.{0,30}",
)
# What follows a name in a note about its bearer: a verb of being or working, or a dash.
_NOTE = re.compile(
    r"\W*(?:,|is\b|was\b|ist\b|est\b|es\b|è\b|é\b|has\b|writes|covers|leads|schreibt|arbeitet|hat\b|joined|reports|"
    r"works|jest|—|-|\(|\Z)"
)
#: What may stand before it.
_TITLE = re.compile(r"\W*(?:(?:der|die|the|el|la|le|о|prof\.?|dr\.?)\s+(?:\w+\s+){0,4})?")


def edge_line(block: Block, *, number: int, count: int, authors: Sequence[str]) -> Verdict | None:
    """
    Return the kind and rule of a line at either end that is no part of the text, None for any other.

    Args:
        block: The line.
        number: Its place among the blocks, from 0.
        count: How many blocks the text has.
        authors: Names that the page gives as its authors.
    """
    if len(block.text) > _MAX_CHARS:
        return None
    if number < _TOP and block.words <= _LABEL_WORDS and LABEL.match(block.text):
        return RemovalKind.OTHER, "label"
    if number == count - 1 and number > _LEAST_ABOVE and block.kind is BlockKind.HEADING:
        return RemovalKind.OTHER, "dangling_heading"
    return _last_line(block, authors) if number >= max(_LEAST_ABOVE, count - _END) else None


def _last_line(block: Block, authors: Sequence[str]) -> Verdict | None:
    """Return the kind and rule of a line near the end that credits, invites or introduces someone."""
    is_line = block.words <= _LINE_WORDS
    if is_line and CREDIT_LINE.match(block.text):
        return RemovalKind.BYLINE, "credit_line"
    if is_line and FOLLOW.match(block.text):
        return RemovalKind.SHARE, "follow_phrase"
    is_note = block.words <= _NOTE_WORDS and _is_note(block.text, authors)
    return (RemovalKind.BYLINE, "author_note") if is_note else None


def _is_note(text: str, authors: Sequence[str]) -> bool:
    """Tell whether a block opens with an author's full name and says who that is."""
    lowered = text.lower()
    return any(
        _TITLE.fullmatch(lowered, 0, place) is not None and _NOTE.match(lowered, place + len(name)) is not None
        for name in map(str.lower, authors)
        if len(name.split()) > 1
        for place in _places(name, lowered)
    )


def _places(name: str, text: str) -> Iterator[int]:
    """Yield where *name* stands in *text*."""
    place = text.find(name)
    while place >= 0:
        yield place
        place = text.find(name, place + 1)


def claimed_end(blocks: Sequence[Block], claim: str | None) -> int | None:
    """
    Return how many of *blocks* stand above the end of the publisher's own text, None where it is not among them.

    Args:
        blocks: The text in order.
        claim: JSON-LD's body of the article, None where there is none.
    """
    if not claim:
        return None
    name = key(claim)
    for number in range(len(blocks) - 1, _LEAST_ABOVE - 1, -1):
        own = key(blocks[number].text)
        if len(own) >= _CLAIMED_CHARS and own in name:
            below = sum(block.words for block in blocks[number + 1 :])
            is_end = name.endswith(own[-_TAIL:]) and below <= _BELOW_SHARE * sum(block.words for block in blocks)
            return number + 1 if is_end and number + 1 < len(blocks) else None
    return None


def reading_list(blocks: Sequence[Block]) -> int | None:
    """Return where a list of other texts begins that runs to the end of the text, None where there is none."""
    total = sum(block.words for block in blocks) or 1
    for number, block in enumerate(blocks):
        if number == 0 or block.words > _LIST_HEAD_WORDS or not READING_LIST.match(block.text):
            continue
        below = blocks[number + 1 :]
        share = sum(item.words for item in below) / total
        if share <= _LIST_SHARE and all(item.words <= _LIST_LINE_WORDS for item in below):
            return number
    return None
