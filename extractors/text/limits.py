"""
Keep a page within what can be read in seconds.

The largest of 1,483 pages of the five corpora has 2.2 MB, 19,629 tags and an attribute of 228,200 characters (2026-11);
the limits stand well above that. What is beyond them is emptied where it can hold no text of an article, else refused.
"""

import re

from extractors.errors import ExtractError

#: Characters of markup from which it is looked through for what is too large: less cannot hold any of it.
_SUSPICIOUS_CHARS = 400_000
#: Longer attributes are inline images and the state of scripts.
_ATTRIBUTE = re.compile(r"=\"[^\"]{300000,}\"|='[^']{300000,}'")
#: Longer scripts are a program's data; parsing 10 MB of JSON-LD costs 3 s and 400 MB.
_MAX_SCRIPT_CHARS = 1_000_000
_MAX_MARKUP_CHARS = 5_000_000
#: lxml, trafilatura and the rules take about 2 s and 300 MB for so many.
_MAX_TAGS = 200_000
#: trafilatura's fallbacks grow with the square of the paragraphs.
_MANY_TAGS = 40_000
#: Characters without a break between words, or without a letter or digit, that no language writes.
_LONG_LINE = 4_000
_RUN = re.compile(r"(\b\w{4000})\w+|((?<!\W)\W{3999})\W+(\W)")


def bounded_markup(markup: str, *, url: str) -> str:
    """
    Return *markup* without attributes and scripts that are too large to be anything of an article.

    Raises:
        ExtractError: It is still larger than is read, or has more tags.
    """
    if len(markup) > _SUSPICIOUS_CHARS:
        markup = _without_large_scripts(_ATTRIBUTE.sub('=""', markup))
        if len(markup) > _MAX_MARKUP_CHARS:
            raise ExtractError(f"the page has {len(markup)} characters; at most {_MAX_MARKUP_CHARS} are read", url=url)
        tags = markup.count("<")
        if tags > _MAX_TAGS:
            raise ExtractError(f"the page has about {tags} tags; at most {_MAX_TAGS} are read", url=url)
    return markup


def has_many_tags(markup: str) -> bool:
    """Tell whether a page has so many tags that only the cheap ways of reading it are affordable."""
    return markup.count("<") > _MANY_TAGS


def bounded_line(text: str) -> str:
    """Return *text* with "words" and gaps of more than 4,000 characters cut short; patterns crawl over them."""
    return _RUN.sub(r"\1\2\3", text) if len(text) > _LONG_LINE else text


def _without_large_scripts(markup: str) -> str:
    """Return *markup* with the insides of scripts of more than 1,000,000 characters dropped."""
    parts: list[str] = []
    done = 0
    while (start := markup.find("<script", done)) >= 0:
        inside = markup.find(">", start) + 1
        end = markup.find("</script", inside) if inside else -1
        if end < 0:
            break
        parts.append(markup[done : inside if end - inside > _MAX_SCRIPT_CHARS else end])
        done = end
    return "".join((*parts, markup[done:]))
