"""
Know the stock phrases of page furniture, by kind, in the languages of the corpora.

A phrase alone removes only a short block that consists of little else; see ``clean``.
"""

import re
from collections.abc import Callable
from functools import lru_cache

_FLAGS = re.IGNORECASE
_EDGE = r"\b"
#: A longer text is no stock phrase.
_MAX_CHARS = 400
_REMEMBERED = 4096


def _start(*alternatives: str) -> re.Pattern[str]:
    """Return a pattern that matches at the start of a block."""
    return re.compile(r"^[\W_]{0,4}(?:" + "|".join(alternatives) + ")", _FLAGS)


def _whole(*alternatives: str) -> re.Pattern[str]:
    """Return a pattern that matches a whole block but for punctuation."""
    return re.compile(r"^[\W_]*(?:" + "|".join(alternatives) + r")[\W_]*$", _FLAGS)


def _anywhere(*alternatives: str) -> re.Pattern[str]:
    """Return a pattern that matches anywhere in a block."""
    # Those that begin at a word's edge are tried there alone, not at every character.
    edged = [text.removeprefix(_EDGE) for text in alternatives if text.startswith(_EDGE)]
    free = [text for text in alternatives if not text.startswith(_EDGE)]
    return re.compile("|".join([rf"\b(?:{'|'.join(edged)})", *free]), _FLAGS)


#: The block asks to sign up for mail.
NEWSLETTER = _anywhere(
    r"\bsign(?:ing)? up (?:here|now|today|to|for)\b.{0,60}\b(?:newsletter|e-?mail|inbox|briefing|alerts?)",
    r"\b(?:subscribe|sign up) to (?:our|the|my|this).{0,50}\bnewsletter",
    r"\b(?:get|receive|have) .{0,60}(?:delivered|sent|straight|direct(?:ly)?) (?:in)?to your (?:inbox|e-?mail)",
    r"\b(?:our|free|daily|weekly) (?:e-?mail )?newsletters?\b.{0,60}\b(?:sign|subscribe|inbox|here)",
    r"\bby (?:signing up|subscribing|submitting your e-?mail|providing your e-?mail)",
    r"\bthere was an (?:issue|error|problem)[,.]? please try again",
    r"\ba welcome e-?mail is on its way",
    r"\bcheck your junk folder",
    r"\byou may unsubscribe (?:at )?any ?time",
    r"\bnewsletter (?:abonnieren|bestellen|anmelden|kostenlos)",
    r"\b(?:unseren|unserem|den|zum|zu unserem) .{0,30}newsletter\b.{0,60}(?:anmeld|abonn|bestell|eintrag)",
    r"\babonnieren sie .{0,40}newsletter",
    r"\bmelden sie sich .{0,60}newsletter",
    r"\b(?:inscrivez-vous|abonnez-vous|recevez) .{0,60}(?:newsletter|lettre|infolettre|e-?mail)",
    r"\b(?:suscr[ií]bete|suscr[ií]base|ap[úu]ntate|recibe|inscr[ií]bete) .{0,60}(?:newsletter|bolet[ií]n|correo)",
    r"\b(?:iscriviti|iscrivetevi) .{0,50}newsletter",
    r"\b(?:assine|inscreva-se|receba) .{0,50}(?:newsletter|boletim|e-?mail)",
    r"\b(?:schrijf je in|meld je aan) .{0,50}nieuwsbrief",
    r"подпи(?:ш|с).{0,40}рассылк",
    r"\bzapisz się .{0,40}newsletter",
)
#: The block asks to pay, to log in or to give.
SUBSCRIPTION = _anywhere(
    r"\b(?:become|becoming) a (?:paid |free |premium )?(?:subscriber|supporter|patron)\b",
    r"^(?:\W*)(?:please )?become a (?:paid |premium |founding )?member\b",
    r"\b(?:subscribe|sign in|log ?in|register)(?: now| today| here| for free)? (?:to|for|"
    r"and) (?:continue|unlock|keep|read|get (?:full|unlimited)|access|enjoy|view|join)",
    r"\balready (?:a |an |have an? )?(?:subscriber|member|account|subscribed|registered)\b",
    r"\bunlimited (?:digital )?(?:access|articles)\b",
    r"\bthis (?:article|content|story) is (?:for|available (?:only )?to|exclusive to|"
    r"reserved for) .{0,20}(?:subscribers|members)",
    r"\b(?:create|register for) an? (?:free )?account\b",
    r"\bstart your (?:free )?(?:trial|subscription)\b",
    r"\bcancel any ?time\b",
    r"\bsupport (?:our|independent|quality) journalism\b",
    r"^subscribe(?: now| today| here)?$",
    r"\bmake a donation\b",
    r"\bdonate (?:now|today|here)\b",
    r"\bend of (?:this )?article preview",
    r"\bto (?:continue|keep) reading\b",
    r"\b(?:jetzt|hier) (?:weiterlesen|abonnieren|registrieren|anmelden|testen)\b",
    r"\bbereits (?:abonnent|registriert|kunde|abonniert)",
    r"\bmit .{0,20}\b(?:abo|plus)\b.{0,30}(?:weiterlesen|lesen)",
    r"\bdiese[rn]? artikel (?:ist|lesen).{0,30}(?:abo|plus)",
    r"\babonn[ée]s? ?\?",
    r"\bd[ée]j[àa] abonn[ée]",
    r"\b(?:article|contenu) r[ée]serv[ée] aux? abonn",
    r"\bs.abonner\b.{0,30}(?:pour|d[èe]s|à partir)",
    r"\bpour lire la suite\b",
    r"\b(?:contenido|art[ií]culo) exclusivo para suscriptores",
    r"\bya (?:eres|soy) suscriptor",
    r"\bper continuare a leggere\b",
    r"\bcontenuto riservato\b",
    r"\bsei gi[àa] abbonato",
    r"\b(?:conte[úu]do|mat[ée]ria) exclusiv[oa] para assinantes",
    r"\bj[áa] [ée] assinante",
    r"\btext pro předplatitele",
    r"\bdla prenumerator",
)
#: The block asks for consent, or stands in for an embed that waits for it.
CONSENT = _anywhere(
    r"\b(?:we|our site|this (?:site|website)) uses? cookies\b",
    r"\baccept (?:all )?cookies\b",
    r"\bcookie (?:settings|preferences|policy)\b.{0,40}$",
    r"\bto (?:view|see|display|watch) this (?:content|video|embed|tweet|post)\b",
    r"\benable javascript\b",
    r"\byour browser (?:does not|doesn.t) support\b",
    r"\bthis content (?:is|comes from|was) .{0,30}(?:provided by|hosted by|not available due to)",
    r"\bpersonenbezogene daten .{0,60}(?:übermittelt|verarbeitet|drittplattform)",
    r"\bexterne[rnms]? inhalt",
    r"\binhalte? von (?:youtube|twitter|facebook|instagram|x|tiktok|opinary|glomex|datawrapper)\b",
    r"\bmit (?:deiner|ihrer) zustimmung",
    r"\bempfohlener (?:externer|redaktioneller) inhalt",
    r"\b(?:cookies|datenschutzerklärung) (?:akzeptieren|zustimmen|zulassen|aktivieren)",
    r"\bce contenu (?:est bloqué|n.est pas)",
    r"\baccept(?:ez|er) (?:les|et)? ?cookies",
    r"\bacepta(?:r)? (?:las )?cookies",
    r"\bhier findest du (?:externen )?inhalt",
    r"\ban dieser stelle .{0,40}(?:externer|inhalt|video|karte|grafik)",
    r"\bum (?:diesen|dieses|diese|den) (?:inhalt|video|tweet|element|beitrag)",
)
#: The block is a row of share or follow links.
SHARE = _whole(
    r"(?:share|print|e-?mail|save|tweet|post|copy link|copy url|facebook|twitter|x|whatsapp|"
    r"linkedin|reddit|pinterest|flipboard|telegram|messenger|pocket|share (?:this|on|"
    r"via)(?: (?:article|story|page|post|facebook|twitter|x|whatsapp|linkedin|email))?|"
    r"gift this article|bookmark|link copied|copied|this|teilen|drucken|merken|per mail|partager|"
    r"imprimer|compartir|condividi|compartilhar|delen|поделиться|follow us(?: on)?(?: \w+){0,4}|"
    r"(?:auf|via|per|on|sur|en|su) (?:facebook|twitter|x|whatsapp|linkedin|telegram|e-?mail)|"
    r"(?:facebook|twitter|whatsapp)[- ]?(?:teilen|share))(?:[\s,|/·•+]+(?:share|print|e-?mail|save|"
    r"tweet|post|copy link|facebook|twitter|x|whatsapp|linkedin|reddit|pinterest|flipboard|telegram|"
    r"messenger|pocket|teilen|drucken|merken|partager|imprimer|compartir|and|und|et|y|on|via)){0,12}",
    r"follow .{0,60} on (?:twitter|x|facebook|instagram|threads|bluesky|tiktok|google news|linkedin|"
    r"whatsapp)(?:,? (?:and|or)? ?(?:twitter|x|facebook|instagram|threads|bluesky|tiktok|linkedin))*",
    r"(?:add|set|choose) .{0,40} as (?:a|your) preferred source.{0,30}",
    r"\d+ shares?",
    r"(?:lees|listen|hören|escuchar|écouter).{0,12}(?:voor|to (?:this )?article|artikel|art[ií]culo|l.article)",
    r"(?:artikel|beitrag|story|seite) (?:teilen|drucken|merken|anhören|vorlesen|kommentieren)",
    r"story continues below(?: (?:this )?(?:advertisement|ad))?",
    r"advertisement(?: \d+)?(?: ?story continues below.*| ?-? ?scroll to continue| ?continue reading.*)?",
    r"article continues (?:below|after).{0,30}",
    r"(?:anzeige|werbung|publicit[ée]|publicidad|pubblicit[àa]|publicidade|advertentie|reklama|"
    r"реклама|annons|sponsored|ad)",
    r"loading\.{0,3}",
    r"video:?",
    r"back to top",
    r"view (?:this post )?on (?:instagram|twitter|x)",
)
#: Head or text of a link to something else.
RELATED = _start(
    r"read (?:more|also|next|the (?:full|whole) (?:story|article|report)|now)\b ?(?:[:|]|$|on|about|here|from)",
    r"(?:also|more) (?:read|on this(?: story| topic)?|from|like this|in|stories)\b ?(?:[:|]|$|the)",
    r"see also\b",
    r"related(?: (?:articles?|stories|story|content|news|posts?|links?|topics?|reading|coverage|"
    r"video))?\s*(?:[:|]|$)",
    r"recommended(?: (?:stories|reading|for you|videos?|articles?))?\s*(?:[:|]|$)",
    r"(?:most|more) (?:read|popular|viewed|stories|news|coverage)\s*(?:[:|]|$|in|from|on)",
    r"(?:don.t miss|you (?:may|might) (?:also )?(?:like|be interested)|what to read next|up next|"
    r"further reading|in case you missed it|trending(?: now)?|keep reading|watch(?: also| now|"
    r" more)?|editor.?s? (?:picks?|choice)|top stories|latest(?: news| stories)?|"
    r"in other news)\s*(?:[:|]|$|in\b)",
    r"(?:lesen|hören|sehen) sie (?:auch|hier|dazu|mehr|außerdem|jetzt)",
    r"(?:mehr|weitere|alles|alle) (?:zum|zu|aus|über|news|artikel|nachrichten|informationen|infos|"
    r"meldungen)\b.{0,40}(?:[:|]|$)",
    r"(?:auch|ebenfalls) (?:interessant|lesenswert|spannend)",
    r"(?:lesen|lies) (?:auch|hier|mehr|dazu)\b",
    r"(?:passend|mehr|lesetipps?|zum thema|das könnte (?:sie|dich) (?:auch )?interessieren|"
    r"meistgelesen|verwandte|dazu passt|empfehlung|siehe auch)\b.{0,30}(?:[:|]|$)",
    r"weiterlesen\b",
    r"(?:à lire|a lire|lire)\s*(?:aussi|également|la suite|:)",
    r"(?:sur le même sujet|à voir|voir aussi|pour aller plus loin|nos (?:autres )?articles|les plus lus)\b",
    r"(?:lee|leer|lea) (?:también|más|tambien)",
    r"(?:te puede interesar|le puede interesar|más información|mas informacion|noticias? relacionad|"
    r"artículos? relacionad|relacionad[oa]s?|lo más (?:leído|visto)|también te|mira también|"
    r"además lee)\b",
    r"(?:leggi|guarda|vedi) (?:anche|pure|l.articolo|tutto)",
    r"(?:leia|veja|saiba|confira) (?:também|mais|aqui)",
    r"lees (?:ook|verder|meer)",
    r"читайте (?:также|еще|подробнее)",
    r"(?:смотрите|по теме|материалы по теме|ещё по теме)",
    r"(?:czytaj|zobacz) (?:też|także|również|więcej)",
    r"(?:läs|les|læs) (?:också|mer|også|mere)",
    r"čtěte (?:také|více)",
    r"(?:相关|推荐|延伸)(?:阅读|閱讀|新闻|文章)",
    r"関連記事",
    r"(?:baca juga|simak juga|okuyun)",
    r"इसे भी पढ़ें|यह भी पढ़ें|ये भी पढ़ें",
    r"(?:lue (?:myös|lisää))",
)
#: Heading under which a columnist lists what others wrote.
READING_LIST = _whole(
    r"what (?:i.ve|i have|we.ve|we have|i.m|we.re)(?: been)? (?:read|watch|listen)(?:ing)?(?: this week)?",
    r"(?:my|our) (?:reading|weekend|summer) list",
    r"worth (?:reading|a read|your time)",
    r"(?:weekend|recommended|further|suggested) reads?(?:ing)?",
    r"what (?:else )?(?:to|i|we) (?:read|are reading|am reading)(?: (?:this|next) \w+)?",
    r"(?:also )?(?:in|on) the (?:guardian|times|week)(?: this week)?",
    r"(?:most|more) (?:read|popular|viewed)(?: (?:stories|articles|in \w+))?",
    r"related (?:articles?|stories|content|posts?|links?|reading)",
    r"you (?:may|might) also (?:like|be interested in)",
    r"recommended (?:stories|articles|for you)",
    r"(?:editor.?s? picks?|top stories|more stories|latest stories|trending now|read next|"
    r"what to read next|further reading)",
    r"meistgelesen(?:e artikel)?",
    r"(?:das könnte|auch) .{0,20} interess\w+",
    r"(?:mehr|weitere artikel|lesen sie auch) ?(?:zum thema)?",
    r"(?:les plus lus|sur le même sujet|à lire aussi)",
    r"(?:lo más (?:leído|visto)|te puede interesar|noticias relacionadas)",
    r"(?:leggi anche|leia também|lees ook|читайте также)",
)
#: Who took or owns a picture; with a name, or as a whole short block.
CREDIT = _anywhere(
    r"\b(?:photo(?:graph|graphy|s)?|picture|image|pic|illustration|video|screenshot|foto|bild|"
    r"quelle|grafik|crédits?|crédit photo|fotografía|imagen|foto di|immagine|fotograf(?:ie|i)?|"
    r"фото)(?: (?:by|credit|courtesy(?: of)?|source|von|de|par|di|via))?\s*[:：©|]\s*\S",
    r"©\s*\S",
    r"\b(?:getty|afp|reuters|epa|shutterstock|alamy|imago|dpa|picture[- ]alliance|istock|keystone|"
    r"ansa|efe|apa|ap photo|ap images|wireimage|unsplash|pixabay|bloomberg/getty|pa (?:wire|media|"
    r"images))\b\s*(?:images?|photo)?\s*[/)|,.]?\s*$",
    r"\((?:photo|image|picture|foto|bild|ap|afp|reuters|getty)\b.{0,60}\)\s*$",
    r"^(?:photo|image|picture|foto|bild|credit)s?(?: credits?)?\b\s*(?:by|courtesy|:|von|de)\s.{1,60}$",
    r"/(?:getty|afp|reuters|alamy|dpa|epa|ap|rex|shutterstock|pa|guardian|bloomberg|ap photo)\b[^.]{0,30}$",
)
#: A byline or a line of dates and reading times: nothing else stands in it.
BYLINE = re.compile(
    r"^[\W_]{0,4}(?:(?:[Bb]y|BY|[Ww]ritten by|[Rr]eporting by|[Ww]ords by|[Ss]tory by|"
    r"[Vv]on|VON|[Pp]ar|[Pp]or|[Dd]i|[Dd]oor|"
    r"[Aa]v|[Aa]f|[Tt]ext:|[Aa]utor(?:in)?:|[Aa]uthor:|[Аа]втор:?)\s+)"
    r"[A-ZÀ-ÞА-Я][\w.’'-]+(?:(?:[\s,&/|]+(?:and|und|et|y|e|en|van|von|de|der|den|la|le|du|di|da|dos|bin|al))*"
    r"[\s,&/|]+[A-ZÀ-ÞА-Я][\w.’'-]*){0,9}\s*(?:$|[,|•·–-])"
)
DATELINE = _whole(
    r"(?:(?:first |last |originally )?(?:published|updated|posted|modified|aktualisiert|"
    r"veröffentlicht|publi[ée]|mis à jour|publicado|actualizado|pubblicato|aggiornato|geplaatst|"
    r"stand|date|опубликовано|обновлено)(?: (?:on|at|am|le|el|il|em|op|la|à))?\s*[:|"
    r"]?\s*)?(?:(?:mon|tues?|wednes|thurs?|fri|satur|sun)(?:day)?,?\s*|(?:montag|dienstag|mittwoch|"
    r"donnerstag|freitag|samstag|sonntag),?\s*)?(?:(?:\d{1,2}[.\s/-]+(?:\d{1,2}|"
    r"[^\W\d]{3,12})\.?[,.\s/-]+(?:de\s+)?\d{2,4})|(?:[^\W\d]{3,12}\.?\s+\d{1,2}(?:st|nd|rd|"
    r"th)?,?\s+\d{4})|(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}))(?:[\s,|•·–-]*(?:at|um|à|a las|alle|"
    r"kl\.?)?\s*\d{1,2}[:.h]\d{2}(?:[:.]\d{2})?\s*(?:[ap]\.?m\.?|uhr|h)?\s*\(?[a-z]{0,5}\)?)?.{0,25}",
    r"\d{1,3} (?:min(?:ute)?s?\.?)(?: (?:read|de lecture|lesezeit|leestijd|de lectura|di lettura))",
    r"(?:lesedauer|lesezeit|reading time|temps de lecture|tiempo de lectura|leestijd|"
    r"tempo di lettura|est\. reading time)\s*:?\s*(?:ca\.?\s*)?\d{0,3}\s*(?:min\w*\.?)?",
    r"\d{1,2} (?:minutes?|hours?|days?|weeks?|months?) ago",
    r"vor \d{1,2} (?:minuten?|stunden?|tagen?|wochen?)",
    r"(?:published|updated|posted|veröffentlicht|aktualisiert|zuletzt aktualisiert|mis à jour|"
    r"publié|publicado|actualizado)(?: (?:on|am|le|el|at))?",
    r"\d{1,2}[:.]\d{2}\s*(?:uhr|h|[ap]\.?m\.?)",
)
#: A line that opens the readers' part of a page.
COMMENT_MARKER = _whole(
    r"(?:join|start|view|continue|see|enter) the (?:discussion|conversation|debate)(?: .{0,40})?",
    r"(?:to )?join the (?:discussion|conversation|debate) in the comments.{0,60}",
    r"(?:\(?\d+\)?\s+)?(?:reader |user |your |all |the |latest |newest |top |show |view |see |load |"
    r"hide |read |post |write |add )*comments?(?:\s*(?:\(\s*\d+\s*\)|\d+|section|below|closed|"
    r"are closed|thread|so far))*",
    r"(?:leave|post|add|write|submit|make) (?:a|your|the first) (?:comment|reply|response)(?: .{0,30})?",
    r"be the first to comment",
    r"(?:what do you think\??|have your say|sign in to comment|log ?in to comment|"
    r"reply to this article|\d+ (?:responses?|replies|thoughts?) (?:to|on) .{0,120})",
    r"(?:reader|readers.) (?:responses|replies|opinions|letters)",
    r"(?:\d+\s+)?(?:leser)?(?:kommentare?|leserbriefe|leserkommentare|diskussion|"
    r"diskutieren sie mit|jetzt kommentieren|kommentar (?:schreiben|verfassen|hinterlassen)|"
    r"schreib(?:en sie)? (?:einen|ihren|uns) kommentar|ergänzungen)(?:\s*(?:\(\s*\d+\s*\)|\d+|"
    r"zum artikel|zu diesem artikel))?",
    r"diskutieren sie .{0,30}(?:artikel|thema|mit)",
    r"(?:\d+\s+)?(?:commentaires?|réactions?|laisser un commentaire|ajouter un commentaire|réagir|"
    r"donnez votre avis)(?:\s*\(?\d*\)?)",
    r"(?:\d+\s+)?(?:comentarios?|comentar|deja (?:un|tu) comentario|dejar un comentario|"
    r"escribe un comentario|añadir comentario|deixe (?:um|seu) comentário|"
    r"comentários?)(?:\s*\(?\d*\)?)",
    r"(?:\d+\s+)?(?:commenti?|lascia un commento|scrivi un commento)(?:\s*\(?\d*\)?)",
    r"(?:\d+\s+)?(?:reacties?|reageer|plaats een reactie|geef een reactie)(?:\s*\(?\d*\)?)",
    r"(?:\d+\s+)?(?:комментари(?:и|ев|й|я)|оставить комментарий|komentarze|dodaj komentarz|"
    r"komentáře|diskuse|kommentarer|kommentit|yorumlar|yorum yap)(?:\s*\(?\d*\)?)",
    r"(?:\d+\s*)?(?:评论|评论区|發表評論|发表评论|网友评论|留言|コメント|コメントを書く|댓글|댓글쓰기|التعليقات|تعليقات|टिप्पणियां)(?:\s*\(?\d*\)?)",
)
#: A line of a form to write a comment.
COMMENT_FORM = _whole(
    r"(?:required fields are marked|fields marked with (?:an )?\* are required|"
    r"your e-?mail (?:address )?will not be (?:published|shared|displayed))\b.{0,60}",
    r"(?:leave|post|write|submit|add) (?:a|your) (?:comment|reply|response|question)(?: here| below|"
    r" cancel reply)?(?: .{0,20})?",
    r"cancel reply",
    r"(?:name|e-?mail|website|comment|your name|your e-?mail|nickname|url|captcha|post comment|"
    r"submit comment|submit|reply|message|subject)\s*\*?(?:\s*\((?:required|optional|not published|"
    r"will not be published)\))?",
    r"(?:save|remember) my (?:name|info|details)\b.{0,90}",
    r"notify me (?:of|when|by|via)\b.{0,80}",
    r"you must be (?:logged in|registered|signed in)\b.{0,60}",
    r"(?:please )?(?:log|sign) ?in (?:to|or)\b.{0,30}\b(?:comment|reply|discussion|conversation)\b.{0,40}",
    r"this site uses akismet.{0,120}",
    r"(?:we )?(?:moderate|please keep) (?:all )?comments\b.{0,100}",
    r"\d+ characters? (?:left|remaining)",
    r"(?:deine|ihre) e-?mail-adresse wird nicht veröffentlicht\b.{0,80}",
    r"erforderliche felder sind mit \*? ?markiert",
    r"(?:schreibe?n?|hinterlassen?) (?:sie )?(?:einen|eine|ihren|deinen) (?:kommentar|antwort|nachricht)\b.{0,40}",
    r"antworten? abbrechen",
    r"votre adresse (?:e-?mail|de messagerie) ne sera pas publiée\b.{0,80}",
    r"laisser un commentaire(?: annuler la réponse)?",
    r"tu dirección de correo electrónico no será publicada\b.{0,80}",
    r"deja un(?:a)? (?:comentario|respuesta)(?: cancelar la respuesta)?",
    r"il tuo indirizzo email non sarà pubblicato\b.{0,80}",
    r"lascia un commento(?: annulla risposta)?",
    r"(?:ich möchte einen leserbrief|leserbrief) .{0,60}",
)


def _remembered(look: Callable[[str], object]) -> Callable[[str], bool]:
    """Return whether *look* finds something in a text, remembered, since the rules run until nothing changes."""

    # A cache for each pattern: to hash a compiled pattern costs more than to search a line.
    @lru_cache(maxsize=_REMEMBERED)
    def fits(text: str) -> bool:
        return len(text) <= _MAX_CHARS and look(text) is not None

    return fits


is_newsletter = _remembered(NEWSLETTER.search)
is_subscription = _remembered(SUBSCRIPTION.search)
is_consent = _remembered(CONSENT.search)
is_share = _remembered(SHARE.match)
is_related = _remembered(RELATED.match)
is_reading_list = _remembered(READING_LIST.match)
is_credit = _remembered(CREDIT.search)
is_byline = _remembered(BYLINE.match)
is_dateline = _remembered(DATELINE.match)
is_comment_marker = _remembered(COMMENT_MARKER.match)
