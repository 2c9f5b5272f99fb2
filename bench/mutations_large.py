"""
Damage pages in ways that break readers: each costs seconds.

As in ``mutations``, the same seed gives the same page.
"""

import json
from random import Random

from bench.mutations import WORDS, Mutation, in_head, in_tag, insert

_MEGABYTE = 1_000_000


def nested_deep(page: bytes, chooser: Random) -> bytes:
    """Nest elements 10,000 deep, with the page or a text inside."""
    tag = chooser.choice((b"div", b"span", b"b", b"ul><li", b"table><tr><td", b"blockquote", b"font", b"a", b"section"))
    return insert(page, chooser, (b"<" + tag + b">") * 10_000 + chooser.choice((b"", WORDS * 20)))


def nested_and_closed(page: bytes, chooser: Random) -> bytes:
    """Nest elements 10,000 deep and close each of them."""
    tag = chooser.choice((b"div", b"span", b"em", b"ul", b"blockquote"))
    return insert(page, chooser, (b"<" + tag + b">") * 10_000 + WORDS * 20 + (b"</" + tag + b">") * 10_000)


def tiny_tags(page: bytes, chooser: Random) -> bytes:
    """Add 100,000 tiny elements."""
    return insert(
        page,
        chooser,
        chooser.choice((b"<b>x</b>", b"<i></i>", b"<p>x", b"<a href=x>y</a>", b"<li>z", b"<x-y/>")) * 100_000,
    )


def line_breaks(page: bytes, chooser: Random) -> bytes:
    """Add 20,000 line breaks, with or without words between them."""
    return insert(page, chooser, chooser.choice((b"<br>", b"<br/>word ", b"<br><br>\n", b"<hr>")) * 20_000)


def long_table(page: bytes, chooser: Random) -> bytes:
    """Add a table of 5,000 rows."""
    cells = b"<td>1,234.5</td>" * chooser.choice((2, 12))
    return insert(page, chooser, b"<table>" + (b"<tr>" + cells + b"</tr>") * 5_000 + b"</table>")


def nested_tables(page: bytes, chooser: Random) -> bytes:
    """Nest 400 tables."""
    return insert(page, chooser, b"<table><tr><td>" * 400 + WORDS + b"</td></tr></table>" * chooser.choice((0, 400)))


def wide_list(page: bytes, chooser: Random) -> bytes:
    """Add a list of 30,000 links."""
    return insert(page, chooser, b"<ul>" + b'<li><a href="/a/b.html">More on this</a></li>' * 30_000 + b"</ul>")


def many_paragraphs(page: bytes, chooser: Random) -> bytes:
    """Add 20,000 paragraphs, alike or each different."""
    if chooser.random() < 0.5:
        return insert(page, chooser, (b"<p>" + WORDS + b"</p>") * 20_000)
    return insert(page, chooser, b"".join(b"<p>%d said that it was %d percent.</p>" % (n, n) for n in range(20_000)))


def huge_attribute(page: bytes, chooser: Random) -> bytes:
    """Add an attribute of 50 MB (most often 5, the most that the network gives)."""
    return in_tag(page, chooser, b'data-state="' + b"abc&quot;" * (_large(chooser) // 9) + b'"')


def huge_text(page: bytes, chooser: Random) -> bytes:
    """Add a text without a tag of 50 MB (most often 5)."""
    return insert(page, chooser, WORDS * (_large(chooser) // len(WORDS)))


def huge_word(page: bytes, chooser: Random) -> bytes:
    """Add a word of 50 MB (most often 5)."""
    return insert(
        page,
        chooser,
        chooser.choice((b"a", b"1", b"\xc3\xa4", b"-", b"&", b"\xe6\xb7\xb1", b'"')) * (_large(chooser) // 3),
    )


def huge_space(page: bytes, chooser: Random) -> bytes:
    """Add 50 MB of white space (most often 5)."""
    return insert(
        page, chooser, chooser.choice((b" ", b"\n", b" \n\t", b"&nbsp;", b"\xc2\xa0")) * (_large(chooser) // 3)
    )


def huge_class_names(page: bytes, chooser: Random) -> bytes:
    """Add class names of 1 MB to several elements."""
    for _time in range(3):
        page = in_tag(page, chooser, b'class="' + b"comment-body related " * (_MEGABYTE // 21) + b'"')
    return page


def many_attributes(page: bytes, chooser: Random) -> bytes:
    """Give one element 20,000 attributes."""
    return in_tag(page, chooser, b" ".join(b'data-%d="%d"' % (number, number) for number in range(20_000)))


def deep_json_ld(page: bytes, chooser: Random) -> bytes:
    """Nest JSON-LD 100,000 deep."""
    opening, closing = chooser.choice(((b"[", b"]"), (b'{"a":', b"}")))
    deep = opening * 100_000 + b"1" + closing * 100_000
    return in_head(page, b'<script type="application/ld+json">' + deep + b"</script>")


def large_json_ld(page: bytes, chooser: Random) -> bytes:
    """Add 10 MB of JSON-LD, an article among thousands of objects or one of endless text."""
    if chooser.random() < 0.5:
        claim = {"@graph": [{"@type": "NewsArticle", "headline": f"Number {number}"} for number in range(200_000)]}
    else:
        claim = {"@type": "NewsArticle", "articleBody": WORDS.decode() * (10 * _MEGABYTE // len(WORDS))}  # type: ignore[dict-item]
    return in_head(page, b'<script type="application/ld+json">' + json.dumps(claim).encode() + b"</script>")


def broken_json_ld(page: bytes, chooser: Random) -> bytes:
    """Add JSON-LD that breaks off, or whose commas and braces go on for ever."""
    bad = chooser.choice(
        (
            b'{"@type":"NewsArticle","headline":"a',
            b"," * 200_000,
            b"{" * 50_000,
            b'{"a":1,' + b" " * 400_000 + b"}",
            b"[1" + b",   \n" * 60_000 + b"]",
        )
    )
    return in_head(page, b'<script type="application/ld+json">' + bad + b"</script>")


def inline_images(page: bytes, chooser: Random) -> bytes:
    """Add images as base64 in the markup, 3 MB in all."""
    for _time in range(6):
        page = insert(page, chooser, b'<img alt="x" src="data:image/png;base64,' + b"iVBORw0KGgo" * 45_000 + b'">')
    return page


def many_metas(page: bytes, chooser: Random) -> bytes:
    """Add 20,000 meta elements, links and dates."""
    kind = chooser.choice(
        (b'<meta property="og:title" content="A">', b'<link rel="canonical" href="/a">', b"<time>5 May 2025</time>")
    )
    return in_head(page, kind * 20_000)


def many_headings(page: bytes, chooser: Random) -> bytes:
    """Add 5,000 headings of the first order, each with a text of its own."""
    return insert(page, chooser, b"".join(b"<h1>Heading %d of the council</h1>" % number for number in range(5_000)))


def many_quotes(page: bytes, chooser: Random) -> bytes:
    """Add thousands of quotation marks, opened and never closed."""
    mark = chooser.choice(("“", "«", '"', "„", "「", "'"))
    return insert(page, chooser, f"<p>{f'he said {mark}so it was and ' * 4_000}</p>".encode())


def many_figures(page: bytes, chooser: Random) -> bytes:
    """Add thousands of amounts, one of them of 100,000 digits."""
    amounts = b"US$590b ($1.03 trillion), 17 per cent and one in five of 3.5m; " * 3_000
    return insert(page, chooser, b"<p>" + amounts + b"$" + b"9" * chooser.choice((10, 100_000)) + b" million</p>")


def many_comments(page: bytes, chooser: Random) -> bytes:
    """Add 4,000 readers' comments."""
    one = b'<div class="comment"><span class="author">anna</span><p>I do not agree at all.</p><a>Reply</a></div>'
    return insert(page, chooser, b'<div id="comments">' + one * 4_000 + b"</div>")


def damaged_letters(page: bytes, chooser: Random) -> bytes:
    """Encode the page twice, and lose bytes of a long text."""
    double = "â€™ Ã© Ð½Ð¾ â " * chooser.choice((10, 20_000))
    return insert(page, chooser, b"<p>" + double.encode() + b"</p>")


def _large(chooser: Random) -> int:
    """Return 50 MB once in ten times, else 5."""
    return _MEGABYTE * (50 if chooser.random() < 0.1 else 5)


#: What breaks readers.
LARGE: tuple[Mutation, ...] = (
    nested_deep, nested_and_closed, tiny_tags, line_breaks, long_table, nested_tables, wide_list, many_paragraphs,
    huge_attribute, huge_text, huge_word, huge_space, huge_class_names, many_attributes, deep_json_ld, large_json_ld,
    broken_json_ld, inline_images, many_metas, many_headings, many_quotes, many_figures, many_comments, damaged_letters,
)  # fmt: skip
