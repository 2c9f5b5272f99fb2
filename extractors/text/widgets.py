"""Cut the widgets that hold readers' comments out of a page, before its article is extracted."""

import re
from functools import lru_cache

from lxml import etree

from extractors.text.page import segments
from extractors.text.threads import find_threads

_WIDGET_TAGS = frozenset(
    {
        "vf-conversations",
        "vf-conversations-module",
        "vf-widget",
        "hyvor-talk-comments",
        "commento-comments",
        "cusdis",
        "ow-conversation",
        "spot-im-frame-inpage",
        "giscus-widget",
        "remark42-widget",
        "opinary-app",
        "talk-comments",
    }
)
# Ids and classes that name a thread of comments and nothing else: each alternative is one widget or a native list.
_WIDGET = re.compile(
    r"""^(?:
      disqus[_-]thread | dsq-(?:content|comments|app\d*)
    | viafoura(?:[-_].*)? | vf3?-(?:comments?|conversations?|trending-comments).*
    | (?:.*[-_])?coral(?:[-_](?:talk|stream|thread|comments?|container|root|content|comment-.*)).* | coral
    | coral[-_]?talk.* | talk[-_]?stream.* | spot-?im-.* | spotim.* | spcv_.* | openweb.* | ow-comments.*
    | hyvor-talk.* | commento(?:[-_].*)? | isso-thread | remark42.* | utterances | giscus | cusdis.* | graphcomment.*
    | livefyre.* | fyre | intensedebate.* | idc-.* | fb-comments | muut.* | insticator.* | hypercomments.* | cackle.*
    | (?:reader|user|article|post|page|story|node|entry|blog|news|wp|visitor|website)[-_]?(?:s[-_])?
      (?:comments?|responses|replies|kommentare)
      (?:[-_](?:list|thread|section|area|wrapper|container|block|box|feed|stream|module|content|inner))?
    | comments?[-_]?(?:list|thread|threads|section|area|wrapper|wrap|container|block|box|feed|stream
      |module|tree|body|items?|holder|overview|app|widget|root|outer|inner)
    | [a-z]{1,5}[-_]comments?(?:[-_](?:list|box|area|section|wrapper|container|thread))?
    | comments | kommentare | commentaires | comentarios | commenti | reacties | komentarze
    | kommentarer | opinions-list
    | comment | comment-?respond | commentform | respond | leserbriefe | leserkommentare | forum-?posts?-list
    | discussion-?(?:thread|list|stream|container|comments)
    | jdgm-.* | judgeme.* | yotpo.* | loox-.* | spr-(?:container|reviews?).* | okendo-reviews.*
    | stamped-(?:main|reviews).* | bv-(?:content|cv|submission).* | trustpilot-.*
    | (?:customer|product|user|reader)[-_]?reviews?(?:[-_]list)?
    )$""",
    re.IGNORECASE | re.VERBOSE,
)
_SCHEMA = re.compile(r"schema\.org/(?:Comment|UserComments)$")
_HOLDERS = frozenset(
    {
        "div",
        "section",
        "ol",
        "ul",
        "details",
        "aside",
        "form",
        "li",
        "article",
        "footer",
        "table",
        "dl",
        "main",
        "span",
        "p",
    }
)
#: A container with more than this share of the page's paragraph words is the article itself, whatever it is called.
_MAX_PRUNED_SHARE = 0.6
#: And a block that only its shape gives away, with more than this.
_MAX_THREAD_SHARE = 0.3
_MAX_NAME_CHARS = 500
_FORUM = re.compile(r'"@type"\s*:\s*\[?\s*"(?:DiscussionForumPosting|QAPage)"')


def prune_comments(tree: etree._Element) -> tuple[tuple[str, str], ...]:
    """
    Cut the widgets of reader comments out of *tree*; return (text, rule) of each that held words.

    A container is left alone where it holds the page's headline or most of its paragraphs, and on pages that call
    themselves a forum: there the posts are the content.
    """
    named = [(element, "comment_widget") for element in tree.iter("*") if _names_widget(element)]
    found = [*named, *((element, "comment_thread") for element in find_threads(tree))]
    if not found or _is_forum(tree):
        return ()
    total = _paragraph_chars(tree) or 1
    gone: list[tuple[str, str]] = []
    for element, rule in found:
        parent = element.getparent()
        if parent is None or not _is_inside(element, tree) or _holds_article(element, total, rule):
            continue
        text = "\n".join(segment.text for segment in segments(element))
        if text:
            gone.append((text, rule))
        _cut(element, parent)
    return tuple(gone)


def _names_widget(element: etree._Element) -> bool:
    """Tell whether an element's tag, id or classes name a thread of comments."""
    tag = element.tag
    if tag in _WIDGET_TAGS:
        return True
    schema = element.get("itemtype")
    if schema and _SCHEMA.search(schema) is not None:
        return True
    if tag not in _HOLDERS:
        return False
    name, classes = element.get("id") or "", element.get("class") or ""
    return (bool(name) and _is_widget_name(name[:_MAX_NAME_CHARS])) or (
        bool(classes) and _is_widget_class(classes[:_MAX_NAME_CHARS])
    )


@lru_cache(maxsize=16_384)
def _is_widget_name(name: str) -> bool:
    """Tell whether one id or class names a thread of comments."""
    return _WIDGET.match(name.strip()) is not None


@lru_cache(maxsize=16_384)
def _is_widget_class(classes: str) -> bool:
    """Tell whether one of the classes names a thread of comments."""
    return any(_is_widget_name(name) for name in classes.split())


def _is_forum(tree: etree._Element) -> bool:
    """Tell whether the page calls itself a forum thread."""
    return any(_FORUM.search(script.text or "") is not None for script in tree.iter("script"))


def _is_inside(element: etree._Element, tree: etree._Element) -> bool:
    """Tell whether *element* is still part of *tree*."""
    top = element
    while (parent := top.getparent()) is not None:
        top = parent
    return top is tree


def _paragraph_chars(element: etree._Element) -> int:
    """Count the characters of the paragraphs under *element*."""
    return sum(len(str(child.xpath("string()"))) for child in element.iter("p"))


def _holds_article(element: etree._Element, total: int, rule: str) -> bool:
    """Tell whether a container is too much of the page to be its comments."""
    if element.find(".//h1") is not None or element.tag in {"body", "html"}:
        return True
    has_body = any(
        "articlebody" in (child.get("itemprop") or "").lower() for child in element.iter("div", "section", "article")
    )
    if has_body or (rule == "comment_thread" and _paragraph_chars(element) > _MAX_THREAD_SHARE * total):
        return True
    return element.tag == "main" and _paragraph_chars(element) > _MAX_PRUNED_SHARE * total


def _cut(element: etree._Element, parent: etree._Element) -> None:
    """Remove *element* and keep the text that follows it."""
    tail = element.tail
    if tail and tail.strip():
        before = element.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + tail
        else:
            parent.text = (parent.text or "") + tail
    parent.remove(element)
