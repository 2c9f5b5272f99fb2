"""The command that reads kept documents again."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from extractors.errors import LossError
from extractors.version import extractor_version
from flows import console
from flows.comparison import COUNTS, Difference, Effect, Tally, examples
from flows.reprocessing import Plan, Report, as_counts, reprocess_documents
from flows.settings import Settings

_EFFECTS = {
    Effect.TEXT: "another text",
    Effect.EVIDENCE: "the same text, other evidence",
    Effect.NO_ARTICLE: "no article any more: would lose its text, so the text stays",
    Effect.NEW_ARTICLE: "an article at last",
}
_REMARKS = {
    "no_article_count": "no article any more: they keep the text they have",
    "moved_count": "claim another canonical address: they stay under the one they have",
    "unapplied_count": "match a topic that was never looked for in them: that is for `newsdesk topics backfill`",
    "discarded_count": "kept pages gave no article when they were read: --recover reads them, too",
    "new_article_count": "pages give an article at last: new articles, with new coverage",
}
#: Sources that the table shows; --json gives all.
_SOURCES = 20
#: Characters of a passage that an example shows.
_PASSAGE_CHARS = 160


def reprocess(
    settings: Settings,
    *,
    since: datetime | None,
    is_dry_run: bool,
    allowed_loss_pct: float,
    recovers: bool,
    as_json: bool,
) -> None:
    """
    Read kept documents again, show what differs, apply it and publish.

    Raises:
        LossError: A source would lose too much; what would change was shown.
    """
    from flows.collecting import now
    from warehouse.snapshot import publish

    plan = Plan(since=since, is_dry_run=is_dry_run, recovers=recovers, allowed_loss_pct=allowed_loss_pct)
    report = Report()
    try:
        reprocess_documents(settings, plan, report=report)
        if report.is_applied:
            publish(settings.home, now=now())
    except LossError:
        _say(report, plan, as_json=as_json)
        raise
    _say(report, plan, as_json=as_json)


def _say(report: Report, plan: Plan, *, as_json: bool) -> None:
    if as_json:
        console.say_json(_as_json(report, plan))
        return
    for first, count in report.problems.values():
        console.note(f"not read: {first}" + f" ({count} documents of this file)" * (count > 1))
    _say_tallies(report)
    _say_examples(report)
    for line in summary(report, plan):
        console.say(line)


def _say_tallies(report: Report) -> None:
    """Print a line for each source in which most differs and one for all, then what is stripped by kind."""
    changed = {source: tally for source, tally in report.tallies.items() if tally.examples}
    if not changed:
        return
    shown = sorted(sorted(changed), key=lambda source: changed[source].weight, reverse=True)[:_SOURCES]
    rows = [_row(source, report.tallies[source].counts) for source in sorted(shown)]
    total: Counter[str] = Counter()
    for tally in report.tallies.values():
        total.update(tally.counts)
    rows.append(_row(f"all {len(report.tallies)} sources, {len(changed)} differ", total))
    columns = ("source", "read", "same", "text", "evidence", "none", "characters", "mentions", "figures", "quotes")
    console.say_table(columns, rows)
    stripped = [
        (source, kind, changed[source].removals_before[kind], changed[source].removals_after[kind])
        for source in sorted(shown)
        for kind in sorted(changed[source].removals_before | changed[source].removals_after)
        if changed[source].removals_before[kind] != changed[source].removals_after[kind]
    ]
    if stripped:
        console.say_table(("source", "blocks stripped as", "before", "after"), stripped)


def _row(source: str, counts: Mapping[str, int]) -> tuple[object, ...]:
    documents = [counts[f"{name}_count"] for name in ("document", "same", "text", "evidence", "no_article")]
    changes = [
        _change(counts[f"{name}_before"], counts[f"{name}_lost"], counts[f"{name}_gained"])
        for name in ("mentions", "figures", "quotes")
    ]
    return source, *documents, _change(counts["before_chars"], counts["removed_chars"], counts["added_chars"]), *changes


def _change(before: int, lost: int, gained: int) -> str:
    """Return how many there were, and how many go and come where any do."""
    return f"{before:,}" + f" -{lost:,} +{gained:,}" * bool(lost or gained)


def _say_examples(report: Report) -> None:
    """Print the weightiest differences with what leaves and what comes."""
    for number, example in enumerate(examples(report.tallies), start=1):
        changed = (example.counts["removed_chars"], example.counts["added_chars"])
        console.say(f"{number:>2}. {example.url}")
        words = _EFFECTS[example.effect]
        console.say(f"    {words}" + f" (-{changed[0]:,} +{changed[1]:,} characters)" * any(changed))
        for mark, things in (("-", example.left), ("+", example.came)):
            for thing in things:
                console.say(f"    {mark} {_passage(thing)}")


def _passage(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _PASSAGE_CHARS else f"{words[: _PASSAGE_CHARS - 1]}…"


def summary(report: Report, plan: Plan) -> list[str]:
    """Return in a few lines what *report* comes to."""
    count = report.count
    found = (
        f"{count('document_count')} articles read again with {extractor_version()}: {count('same_count')} the same,"
        f" {count('text_count')} with another text, {count('evidence_count')} with other evidence,"
        f" {count('no_article_count')} no article any more"
    )
    lines = [found]
    lines += [f"{count(name)} {words}" for name, words in _REMARKS.items() if count(name)]
    if plan.is_dry_run:
        lines += [
            f"would be refused: {loss.source} loses {loss.share_pct:.1f} % of its {loss.what}" for loss in report.losses
        ]
        lines.append("dry run: nothing was written")
    elif report.is_applied:
        is_same = not any(map(count, ("text_count", "evidence_count", "new_article_count")))
        lines.append("nothing differs" if is_same else "loaded")
    return lines


def _as_json(report: Report, plan: Plan) -> dict[str, object]:
    return {
        "extractor_version": extractor_version(),
        "is_dry_run": plan.is_dry_run,
        "is_applied": report.is_applied,
        "counts": as_counts(report),
        "losses": [
            {"source": loss.source, "what": loss.what, "share_pct": round(loss.share_pct, 2)} for loss in report.losses
        ],
        "sources": [_source_as_json(source, tally) for source, tally in sorted(report.tallies.items())],
        "examples": [_example_as_json(example) for example in examples(report.tallies)],
        "problems": [{"problem": first, "document_count": count} for first, count in report.problems.values()],
    }


def _source_as_json(source: str, tally: Tally) -> dict[str, object]:
    return {
        "source": source,
        **{name: tally.counts[name] for name in COUNTS},
        "removals_before": dict(sorted(tally.removals_before.items())),
        "removals_after": dict(sorted(tally.removals_after.items())),
    }


def _example_as_json(example: Difference) -> dict[str, object]:
    return {
        "url": example.url,
        "source": example.source,
        "effect": example.effect,
        "removed_chars": example.counts["removed_chars"],
        "added_chars": example.counts["added_chars"],
        "left": [_passage(thing) for thing in example.left],
        "came": [_passage(thing) for thing in example.came],
    }
