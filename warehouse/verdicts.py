"""
Decide what each collected entry comes to, against what the warehouse holds.

Pure: ``articles`` asks the warehouse, this decides, ``articles`` writes. Items are judged in their order; the earlier
one wins, so the same items give the same rows in every run.
"""

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import cast

from extractors.model import Article, CollectedEntry, Outcome, Reading

#: The same words whether the other entry came in this batch or long ago: a run killed between two batches and started
#: again must leave the same ledger.
_HELD_ALREADY = "another entry led to this article first"
_PIECES = re.compile(r"\w+|\W")
#: Pieces of both sides above which a changed passage is counted as replaced whole; the comparison is quadratic.
_MOST_PIECES = 4_000


class Change(StrEnum):
    """Why a revision of an article is written."""

    FIRST = "first"
    EDITED = "edited by publisher"
    #: The same document, read anew by another extractor: never new coverage.
    REEXTRACTED = "re-extracted"
    #: As before, but text and title stay: the current revision gets other evidence, no revision is added.
    REFRESHED = "refreshed"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldEntry:
    """What the ledger says of an entry before the load."""

    outcome: str
    article_id: str | None
    outcome_at: datetime | None
    document_sha256: str | None
    first_seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldArticle:
    """What the warehouse holds of an article before the load."""

    entry_id: str
    title: str | None
    text_sha256: str
    revision: int
    document_sha256: str
    #: These are left out where the items bring the same text and title.
    text: str = ""
    #: Of the entry that brought it.
    url_key: str = ""
    #: When the document of the current revision was received.
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one item comes to."""

    item: CollectedEntry
    outcome: Outcome
    reason: str | None = None
    article_id: str | None = None
    #: Number of the revision to write; None: nothing of the article is written.
    revision: int | None = None
    change: Change = Change.FIRST
    added_chars: int = 0
    removed_chars: int = 0
    #: What the ledger says afterwards, where that is not ``outcome``: an entry that led to its article keeps saying so.
    ledger_outcome: Outcome | None = None
    #: When the ledger first saw its entry.
    entry_seen_at: datetime | None = None

    @property
    def reading(self) -> Reading:
        """What was read; only where ``revision`` is set."""
        return cast("Reading", self.item.reading)

    @property
    def article(self) -> Article:
        """The article to write; only where ``revision`` is set."""
        return cast("Article", self.reading.article)


@dataclass(slots=True, kw_only=True)
class Judge:
    """Judges the items of one batch in order; knows what the batch itself has brought so far."""

    entries: Mapping[str, HeldEntry]
    articles: Mapping[str, HeldArticle]
    #: sha256 of the text that the batch has written, by article.
    _brought: dict[str, str] = field(default_factory=dict)

    def judge(self, items: Sequence[CollectedEntry]) -> list[Verdict]:
        """Return a verdict for each item, leaving out those loaded before and an entry's second appearance."""
        seen: set[str] = set()
        verdicts = []
        for item in items:
            held = self.entries[item.entry.entry_id]
            if item.entry.entry_id not in seen and not _is_repeat(item, held):
                seen.add(item.entry.entry_id)
                verdict = _kept(self._verdict(item), held)
                verdicts.append(replace(verdict, entry_seen_at=held.first_seen_at))
        return verdicts

    def _verdict(self, item: CollectedEntry) -> Verdict:
        """Return what *item* comes to."""
        article = item.reading.article if item.reading else None
        if item.outcome is not Outcome.STORED or article is None:
            return _unread(item)
        if article.article_id in self._brought:
            return _duplicate(item, article, same=self._brought[article.article_id] == article.text_sha256)
        held = self.articles.get(article.article_id)
        if held is not None:
            return self._looked_again(item, article, held)
        self._brought[article.article_id] = article.text_sha256
        return Verdict(
            item=item,
            outcome=Outcome.STORED,
            reason=item.reason,
            article_id=article.article_id,
            revision=1,
            added_chars=len(article.text),
        )

    def _looked_again(self, item: CollectedEntry, article: Article, held: HeldArticle) -> Verdict:
        """Return what an item comes to whose article is held."""
        is_own = item.entry.entry_id == held.entry_id
        is_same = (article.text_sha256, article.title) == (held.text_sha256, held.title)
        if is_same and is_own:
            return Verdict(item=item, outcome=Outcome.UNCHANGED, article_id=article.article_id)
        if not is_same and _is_edit(item, held, is_own=is_own):
            self._brought[article.article_id] = article.text_sha256
            return _edit(item, article, held, is_own=is_own)
        return _duplicate(item, article, same=is_same)


def _kept(verdict: Verdict, held: HeldEntry) -> Verdict:
    """Return *verdict* so that an entry which already led to its article goes on saying so in the ledger."""
    if held.article_id is None or held.outcome == Outcome.PENDING:
        return verdict
    reason = verdict.reason
    if verdict.revision is None and verdict.outcome not in (Outcome.UNCHANGED, Outcome.DUPLICATE):
        reason = f"looked at again: {verdict.outcome}" + (f", {reason}" if reason else "")
    return replace(verdict, ledger_outcome=Outcome(held.outcome), article_id=held.article_id, reason=reason)


def _unread(item: CollectedEntry) -> Verdict:
    """Return the verdict on an item that brings no article: what the attempt came to stands."""
    if item.outcome is not Outcome.DUPLICATE:
        return Verdict(item=item, outcome=item.outcome, reason=item.reason)
    # The flow did not fetch it, because its address is known.
    return Verdict(
        item=item,
        outcome=Outcome.DUPLICATE,
        reason=item.reason or _HELD_ALREADY,
        article_id=item.entry.article_id,
    )


def _is_repeat(item: CollectedEntry, held: HeldEntry) -> bool:
    """Tell whether this very attempt was loaded before: a load that was killed after its commit is repeated."""
    if held.outcome_at is None or held.outcome_at < item.collected_at:
        return False
    return held.document_sha256 == (item.document.sha256 if item.document else None)


def _is_edit(item: CollectedEntry, held: HeldArticle, *, is_own: bool) -> bool:
    """Tell whether another text is the publisher's edit: the same address, received no earlier than the one held."""
    document = item.document
    if document is None or held.seen_at is None or document.fetched_at < held.seen_at:
        return False
    return is_own or (item.entry.url_key != "" and item.entry.url_key == held.url_key)


def _edit(item: CollectedEntry, article: Article, held: HeldArticle, *, is_own: bool) -> Verdict:
    """Return the verdict that *article* is a new revision of *held*: from other bytes the publisher's, else ours."""
    is_retitled = article.text_sha256 == held.text_sha256
    added, removed = (0, 0) if is_retitled else changed_chars(held.text, article.text)
    is_edited = item.reading is None or item.reading.document_sha256 != held.document_sha256
    words = "edited by the publisher" if is_edited else "read anew by another extractor"
    return Verdict(
        item=item,
        outcome=Outcome.STORED if is_own else Outcome.DUPLICATE,
        reason=f"{words}: revision {held.revision + 1}",
        article_id=article.article_id,
        revision=held.revision + 1,
        change=Change.EDITED if is_edited else Change.REEXTRACTED,
        added_chars=added,
        removed_chars=removed,
    )


def _duplicate(item: CollectedEntry, article: Article, *, same: bool) -> Verdict:
    """Return the verdict that *article* is held through another entry."""
    return Verdict(
        item=item,
        outcome=Outcome.DUPLICATE,
        reason=_HELD_ALREADY if same else f"{_HELD_ALREADY}, with another text",
        article_id=article.article_id,
    )


def changed_chars(before: str, after: str) -> tuple[int, int]:
    """
    Return how many code points *after* has that *before* had not, and how many of *before* are gone.

    Compared by words within the paragraphs that changed, so a moved comma counts 1, not its paragraph.
    """
    came, left = changed_passages(before, after)
    return sum(map(len, came)), sum(map(len, left))


def changed_passages(before: str, after: str) -> tuple[list[str], list[str]]:
    """Return the passages that *after* has and *before* had not, and those of *before* that are gone, in order."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    came: list[str] = []
    left: list[str] = []
    for tag, *span in difflib.SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if tag != "equal":
            more, fewer = _changed_within("".join(old[span[0] : span[1]]), "".join(new[span[2] : span[3]]))
            came += more
            left += fewer
    return came, left


def _changed_within(before: str, after: str) -> tuple[list[str], list[str]]:
    """Return the passages added and removed between two passages."""
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    if not old or not new or len(old) + len(new) > _MOST_PIECES:
        return [after] if after else [], [before] if before else []
    codes = difflib.SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes()
    changed = [code[1:] for code in codes if code[0] != "equal"]
    came = ["".join(new[start:end]) for _, _, start, end in changed if end > start]
    return came, ["".join(old[start:end]) for start, end, _, _ in changed if end > start]
