"""Show what a publisher changed in an article, word by word."""

import re
from collections.abc import Iterable, Sequence

from rich.text import Text

from extractors.acquire.urls import is_http_url, url_key
from extractors.errors import InputError
from flows import console
from flows.settings import Settings
from flows.wording import Fate, Passage, changed_paragraphs, changed_words
from warehouse.history import Revision, revisions_of

_STYLES = {Fate.SAME: "", Fate.REMOVED: "red strike", Fate.ADDED: "green"}
#: Where there are no colours.
_MARKS = {Fate.SAME: "{}", Fate.REMOVED: "[-{}-]", Fate.ADDED: "{{+{}+}}"}
#: Kept on each side of a change; of longer stretches what lies between is left out.
_CONTEXT_CHARS = 120


def edits(settings: Settings, what: str, *, as_json: bool) -> None:
    """
    Show the revisions of the article *what* names, each as what differs from the one before.

    Args:
        settings: Of the home.
        what: An article_id, or an address of the article.
        as_json: One object with every passage, instead of the changes in their surroundings.

    Raises:
        InputError: The snapshot holds no such article.
    """
    from warehouse.connection import reader

    with reader(settings.home) as con:
        held = revisions_of(con, what, url_key=url_key(what) if is_http_url(what) else None)
    if not held:
        raise InputError("no article of the snapshot has this id or address", path=what)
    if as_json:
        console.say_json(_as_json(held))
    else:
        _show(held)


def _show(held: Sequence[Revision]) -> None:
    console.say(f"{held[0].url}  ({held[0].source}, article_id {held[0].article_id})")
    for before, after in zip([None, *held[:-1]], held, strict=True):
        console.say(f"revision {after.revision}  {console.cell(after.seen_at)}  {_heading(after)}")
        if before is None:
            console.say(f"  {console.cell(after.title)}")
            continue
        if before.title != after.title:
            _say("title: ", changed_words(before.title or "", after.title or ""))
        for passages in changed_paragraphs(before.text, after.text):
            _say("", passages)


def _heading(revision: Revision) -> str:
    if revision.revision == 1:
        return f"first seen, {revision.added_chars} characters"
    return f"{revision.change}: {revision.added_chars} characters added, {revision.removed_chars} removed"


def _say(label: str, passages: Sequence[Passage]) -> None:
    """Print one change, with the words around it."""
    screen = console.out()
    line = Text(f"  {label}")
    for number, passage in enumerate(passages):
        words = passage.text
        if passage.fate is Fate.SAME:
            words = _shortened(words, is_first=number == 0, is_last=number == len(passages) - 1)
        marked = words if screen.is_terminal else _MARKS[passage.fate].format(words)
        line.append(marked.replace("\n", "\n  "), style=_STYLES[passage.fate])
    screen.print(line, soft_wrap=True)


def _shortened(words: str, *, is_first: bool, is_last: bool) -> str:
    """Return the ends of *words* that touch a change, cut between words; all of them where they are few."""
    start = "" if is_first else _end_cut(words)
    end = "" if is_last else _end_cut(words[::-1])[::-1]
    return words if len(words) <= 2 * _CONTEXT_CHARS else f"{start} […] {end}"


def _end_cut(words: str) -> str:
    return re.sub(r"\s\S*$", "", words[:_CONTEXT_CHARS])


def _as_json(held: Sequence[Revision]) -> dict[str, object]:
    pairs = zip([held[0], *held[:-1]], held, strict=True)
    return {
        "article_id": held[0].article_id,
        "url": held[0].url,
        "source": held[0].source,
        "revisions": [_revision_as_json(before, after) for before, after in pairs],
    }


def _revision_as_json(before: Revision, after: Revision) -> dict[str, object]:
    """Return *after* with what differs from *before*; the first one differs from nothing."""
    is_retitled = before.title != after.title
    return {
        "revision": after.revision,
        "seen_at": after.seen_at,
        "change": after.change,
        "title": after.title,
        "added_chars": after.added_chars,
        "removed_chars": after.removed_chars,
        "extractor_version": after.extractor_version,
        "title_changes": _plain(changed_words(before.title or "", after.title or "")) if is_retitled else [],
        "changes": [_plain(passages) for passages in changed_paragraphs(before.text, after.text)],
    }


def _plain(passages: Iterable[Passage]) -> list[dict[str, str]]:
    return [{"fate": passage.fate, "text": passage.text} for passage in passages]
