"""Bytes become the text that was meant, whatever was declared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.text.decode import decode

RUSSIAN = "Китайская компания выпустила новую модель, и рынок ответил падением. " * 6
CHINESE = "深度求索发布了新的模型，市场随即下跌，投资者感到意外。" * 8
JAPANESE = "中国の新興企業が新しいモデルを発表し、株式市場は大きく下落した。" * 8
CZECH = "Příliš žluťoučký kůň úpěl ďábelské ódy, a trh na to odpověděl poklesem. " * 6


def test_a_byte_order_mark_beats_every_declaration() -> None:
    body = b"\xff\xfe" + "Größe".encode("utf-16-le")

    found = decode(body, "text/html; charset=iso-8859-1")

    assert (found.text, found.charset, found.charset_from) == ("Größe", "utf-16le", "bom")


def test_the_http_header_beats_the_meta_declaration() -> None:
    body = b'<meta charset="windows-1252"><p>' + RUSSIAN.encode("windows-1251")

    found = decode(body, "text/html; charset=windows-1251")

    assert RUSSIAN in found.text
    assert (found.charset, found.charset_from) == ("windows-1251", "http")


def test_a_meta_declaration_far_into_the_head_is_read() -> None:
    body = (
        b"<head><script>"
        + b"x" * 5000
        + b'</script><meta http-equiv="content-type" content="text/html; charset=koi8-r">'
    )

    found = decode(body + RUSSIAN.encode("koi8-r"), "text/html")

    assert RUSSIAN in found.text
    assert found.charset_from == "meta"


def test_a_declaration_inside_a_markup_comment_does_not_count() -> None:
    body = b'<!-- <meta charset="koi8-r"> --><p>' + RUSSIAN.encode("windows-1251")

    assert decode(body, None).charset != "koi8-r"


def test_the_xml_declaration_is_read() -> None:
    body = b'<?xml version="1.0" encoding="iso-8859-2"?><html><p>' + CZECH.encode("iso-8859-2")

    found = decode(body, None)

    assert CZECH in found.text
    assert found.charset_from == "xml"


@pytest.mark.parametrize(
    ("label", "charset", "codec", "text"),
    [
        ("iso-8859-1", "windows-1252", "cp1252", "“Größe” – 5 €"),
        ("latin1", "windows-1252", "cp1252", "l’été"),
        ("us-ascii", "windows-1252", "cp1252", "déjà"),
        ("gb2312", "gb18030", "gb18030", "深度求索镕"),
        ("x-sjis", "shift_jis", "cp932", "①新しいモデル"),
        ("ks_c_5601-1987", "euc-kr", "cp949", "똠방각하"),
        ("utf8", "utf-8", "utf-8", "naïveté"),
    ],
)
def test_labels_mean_what_the_web_means_by_them(label: str, charset: str, codec: str, text: str) -> None:
    found = decode(text.encode(codec), f'text/html; charset="{label}"')

    assert (found.text, found.charset) == (text, charset)


def test_valid_utf8_beats_a_wrong_single_byte_declaration() -> None:
    found = decode(RUSSIAN.encode(), "text/html; charset=ISO-8859-1")

    assert (found.text, found.charset, found.charset_from) == (RUSSIAN, "utf-8", "utf-8")


def test_a_declared_utf8_that_cannot_decode_the_body_is_passed_over() -> None:
    found = decode(RUSSIAN.encode("windows-1251"), "text/html; charset=utf-8")

    assert found.text == RUSSIAN
    assert found.charset_from == "detected"


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        (CHINESE, "gb18030"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc-jp"),
        (CZECH, "cp1250"),
    ],
)
def test_undeclared_charsets_are_told_from_the_whole_body(text: str, codec: str) -> None:
    body = b"<html><head><title>x</title></head>" + b"<div class='ad'></div>\n" * 2000 + text.encode(codec)

    assert text in decode(body, None).text


def test_one_bad_byte_does_not_cost_a_page_its_charset() -> None:
    body = RUSSIAN.encode() * 20 + b"\x92" + "конец".encode()

    found = decode(body, "text/html; charset=utf-8")

    assert found.charset == "utf-8"
    assert "’конец" in found.text


@pytest.mark.parametrize("label", ["rot13", "hex", "idna", "unicode_escape", "utf-7", "undefined", "no-such-charset"])
def test_labels_that_name_no_charset_are_ignored(label: str) -> None:
    assert decode("naïveté".encode(), f"text/html; charset={label}").text == "naïveté"


@given(
    st.binary(max_size=400),
    st.sampled_from(
        [
            None,
            "text/html",
            *(
                f"text/html; charset={name}"
                for name in ("utf-8", "gb2312", "utf-16", "euc-jp", "iso-2022-jp", "big5", "windows-1252", "x")
            ),
        ]
    ),
)
def test_no_bytes_raise(body: bytes, content_type: str | None) -> None:
    assert isinstance(decode(body, content_type).text, str)


@given(st.text(max_size=300).filter(lambda text: "\ufeff" not in text[:1] and "\0" not in text))
def test_utf8_survives_unchanged(text: str) -> None:
    assert decode(text.encode("utf-8", "replace"), None).text == text.encode("utf-8", "replace").decode()
