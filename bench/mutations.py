"""
Damage pages on purpose, as the web does.

Each mutation takes the bytes of a page and a seeded chooser, and returns other bytes: one seed, one page.
"""

import json
from collections.abc import Callable
from random import Random

Mutation = Callable[[bytes, Random], bytes]

WORDS = b"the council of Port Ellery has voted for a longer seawall and nobody was surprised "


def _spot(page: bytes, chooser: Random) -> int:
    """Return a place between two tags, most often inside the body."""
    start = max(0, page.find(b"<body"))
    place = page.find(b">", chooser.randrange(start, max(start + 1, len(page))))
    return place + 1 if place >= 0 else len(page)


def insert(page: bytes, chooser: Random, what: bytes) -> bytes:
    """Put *what* between two tags of *page*."""
    place = _spot(page, chooser)
    return page[:place] + what + page[place:]


def in_tag(page: bytes, chooser: Random, attribute: bytes) -> bytes:
    """Add *attribute* to one of the page's block tags."""
    places = [found for tag in (b"<body", b"<article", b"<p", b"<div") if (found := page.find(tag)) >= 0]
    if not places:
        return b"<div " + attribute + b">" + page
    place = chooser.choice(places) + 1
    while page[place : place + 1].isalpha():
        place += 1
    return page[:place] + b" " + attribute + page[place:]


def in_head(page: bytes, what: bytes) -> bytes:
    """Put *what* at the end of the head of *page*."""
    place = page.find(b"</head>")
    return page[:place] + what + page[place:] if place >= 0 else what + page


def cut_anywhere(page: bytes, chooser: Random) -> bytes:
    """Cut the page off at any byte."""
    return page[: chooser.randrange(len(page) + 1)]


def cut_head_off(page: bytes, chooser: Random) -> bytes:
    """Begin the page at any byte."""
    return page[chooser.randrange(len(page) + 1) :]


def cut_inside_a_tag(page: bytes, chooser: Random) -> bytes:
    """Cut the page off inside an attribute."""
    place = page.find(b'="', chooser.randrange(len(page) + 1))
    return page[: place + 4] if place >= 0 else page[: len(page) // 2]


def nulls(page: bytes, chooser: Random) -> bytes:
    """Put NUL bytes between other bytes."""
    out = bytearray(page)
    for _time in range(chooser.choice((1, 20, 2_000))):
        out.insert(chooser.randrange(len(out) + 1), 0)
    return bytes(out)


def random_bytes(page: bytes, chooser: Random) -> bytes:
    """Splice random bytes in, at a few places."""
    for _time in range(chooser.randrange(1, 6)):
        page = insert(page, chooser, chooser.randbytes(chooser.randrange(1, 4_000)))
    return page


def flipped_bits(page: bytes, chooser: Random) -> bytes:
    """Change single bytes anywhere."""
    out = bytearray(page)
    for _time in range(chooser.randrange(1, 300)):
        out[chooser.randrange(len(out))] = chooser.randrange(256)
    return bytes(out)


def lost_pieces(page: bytes, chooser: Random) -> bytes:
    """Lose pieces out of the middle."""
    for _time in range(chooser.randrange(1, 12)):
        start = chooser.randrange(len(page) + 1)
        page = page[:start] + page[start + chooser.randrange(1, 2_000) :]
    return page


def doubled_pieces(page: bytes, chooser: Random) -> bytes:
    """Repeat pieces of the page elsewhere."""
    for _time in range(chooser.randrange(1, 12)):
        start = chooser.randrange(len(page) + 1)
        page = insert(page, chooser, page[start : start + chooser.randrange(1, 20_000)])
    return page


def shuffled_tags(page: bytes, chooser: Random) -> bytes:
    """Put the page's tags and texts into another order."""
    pieces = page.split(b"<")
    start = chooser.randrange(len(pieces))
    some = pieces[start : start + 400]
    chooser.shuffle(some)
    return b"<".join(pieces[:start] + some + pieces[start + 400 :])


def unclosed(page: bytes, _chooser: Random) -> bytes:
    """Close nothing."""
    return b"".join(
        piece if not number else b"<" + piece if not piece.startswith(b"/") else piece.partition(b">")[2]
        for number, piece in enumerate(page.split(b"<"))
    )


def closed_twice(page: bytes, _chooser: Random) -> bytes:
    """Close everything twice."""
    return page.replace(b"</", b"</x></")


def broken_entities(page: bytes, chooser: Random) -> bytes:
    """Break entities, and write some that name nothing that can be."""
    odd = (
        b"&#0;",
        b"&#xD800;",
        b"&#x110000;",
        b"&#99999999999999;",
        b"&amp",
        b"&;",
        b"&#x;",
        b"&nbsp" * 50,
        b"&notin;&",
    )
    for _time in range(chooser.randrange(1, 400)):
        page = insert(page, chooser, chooser.choice(odd))
    return page.replace(b";", b"", 20)


def controls(page: bytes, chooser: Random) -> bytes:
    """Put control characters between tags and inside words, as they are and as references."""
    odd = (
        b"\x01",
        b"\x0b",
        b"\x0c",
        b"\x1f",
        b"\x7f",
        b"\xc2\x85",
        b"\xef\xbf\xbf",
        b"&#1;",
        b"&#12;",
        b"&#x1E",
        b"\\u0001",
    )
    for _time in range(chooser.randrange(1, 200)):
        page = insert(page, chooser, chooser.choice(odd))
    return page.replace(b"e ", b"e" + chooser.choice(odd) + b" ", 20)


def surrogates(page: bytes, chooser: Random) -> bytes:
    """Write lone surrogates as UTF-8 never may."""
    for _time in range(40):
        page = insert(
            page, chooser, chooser.choice((b"\xed\xa0\x80", b"\xed\xbf\xbf", b"\xef\xbf\xbe", b"\xf4\x90\x80\x80"))
        )
    return page


def mixed_encodings(page: bytes, chooser: Random) -> bytes:
    """Write one paragraph in each of several charsets."""
    words = "Café «naïve» — déjà vu, Straße, año, 深度求索, новости"
    for codec in ("latin-1", "utf-16-le", "cp1251", "gb18030", "shift_jis", "utf-8", "koi8-r", "utf-7"):
        page = insert(page, chooser, b"<p>" + words.encode(codec, "ignore") * chooser.randrange(1, 40) + b"</p>")
    return page


def wrong_charset(page: bytes, chooser: Random) -> bytes:
    """Declare a charset that the page is not in."""
    name = chooser.choice(
        (b"utf-16", b"utf-7", b"shift_jis", b"x-user-defined", b"rot13", b"unicode_escape", b"koi8-r")
    )
    return b'<meta charset="' + name + b'">' + page


def another_encoding(page: bytes, chooser: Random) -> bytes:
    """Write the whole page in another encoding, with or without a byte order mark."""
    codec = chooser.choice(("utf-16", "utf-16-be", "utf-32", "utf-8-sig", "cp037", "utf-7"))
    return page.decode("utf-8", "replace").encode(codec, "replace")


def right_to_left(page: bytes, chooser: Random) -> bytes:
    """Add direction marks, joiners and thousands of combining characters."""
    mess = ("\u202e\u200f\u2066" + "e" + "\u0301" * 3_000 + "\u200d\U0001f469" * 300).encode()
    return insert(page, chooser, b"<p>" + mess + b"</p>")


def doubled_html(page: bytes, chooser: Random) -> bytes:
    """Put whole documents into the document."""
    return insert(page, chooser, page * chooser.randrange(1, 4))


def cdata(page: bytes, chooser: Random) -> bytes:
    """Add CDATA sections, processing instructions and odd declarations, not all of them closed."""
    for what in (
        b"<![CDATA[ a <p> b ]]>",
        b"<![CDATA[ never closed ",
        b"<?php echo 1 ?>",
        b"<!ENTITY a 'b'>",
        b"<!>",
        b"<!-->",
    ):
        page = insert(page, chooser, what)
    return page


def conditional_comments(page: bytes, chooser: Random) -> bytes:
    """Add conditional comments, and one comment that never ends."""
    page = insert(page, chooser, b"<!--[if IE]><p>old</p><![endif]-->" * chooser.randrange(1, 400))
    return insert(page, chooser, b"<!-- never closed") if chooser.random() < 0.5 else page


def stray_scripts(page: bytes, chooser: Random) -> bytes:
    """Open a script, a style, a text area or a title that never ends."""
    tag = chooser.choice(
        (b"script", b"style", b"textarea", b"title", b"noscript", b"svg", b"template", b"plaintext", b"xmp")
    )
    return insert(page, chooser, b"<" + tag + b">")


def odd_addresses(page: bytes, chooser: Random) -> bytes:
    """Name addresses that cannot be read as the canonical one, as dates and as authors."""
    odd = chooser.choice(
        (b"http://[::1", b"//", b"javascript:1", b"http://\xff\xfe/", b"http://a:99999/x", b"x" * 70_000)
    )
    head = b'<link rel="canonical" href="' + odd + b'"><meta property="og:url" content="' + odd + b'">'
    return in_head(
        page, head + b'<meta property="article:published_time" content="' + odd + b'"><base href="' + odd + b'">'
    )


def odd_claims(page: bytes, chooser: Random) -> bytes:
    """Give JSON-LD values of types that nobody expects."""
    odd = chooser.choice((None, 1, -1.5, True, [], {}, [[[]]], {"@value": 1}, "x" * 5_000, ["a", None, {"name": 3}]))
    names = (
        "headline",
        "author",
        "datePublished",
        "articleBody",
        "publisher",
        "isAccessibleForFree",
        "wordCount",
        "image",
    )
    claim = {"@type": chooser.choice(("NewsArticle", None, 3, ["Article", 1])), **dict.fromkeys(names, odd)}
    return in_head(page, b'<script type="application/ld+json">' + json.dumps(claim).encode() + b"</script>")


#: What a page often is on the web: cheap, so it makes up most of a run.
SMALL: tuple[Mutation, ...] = (
    cut_anywhere, cut_head_off, cut_inside_a_tag, nulls, random_bytes, flipped_bits, lost_pieces, doubled_pieces,
    shuffled_tags, unclosed, closed_twice, broken_entities, surrogates, mixed_encodings, wrong_charset,
    another_encoding, right_to_left, doubled_html, cdata, conditional_comments, stray_scripts, odd_addresses,
    odd_claims, controls,
)  # fmt: skip
