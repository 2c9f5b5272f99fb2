"""Show in Prefect's pages what a run did: its name, its tags, a page of what is new."""

from collections.abc import Mapping, Sequence

from prefect.context import FlowRunContext

from extractors.model import Outcome
from flows.settings import Settings
from warehouse.connection import reader
from warehouse.coverage import new_coverage_of

#: More is for SQL; the page is stored with the run.
_MOST_ROWS = 50


def name_run(words: str, *, tags: Sequence[str] = ()) -> None:
    """Rename the run under way to its flow's name with *words*, add *tags*; nothing where there is no run."""
    context = FlowRunContext.get()
    if context is None or context.flow_run is None:
        return
    from prefect.client.orchestration import get_client

    held = context.flow_run
    with get_client(sync_client=True) as client:
        client.update_flow_run(
            held.id, name=f"{context.flow.name}: {words}" if context.flow else words, tags={*held.tags, *tags}
        )


def outcome_words(outcomes: Mapping[str, int]) -> str:
    """Return what became of the entries of a run in a few words, the stored ones first."""
    if not outcomes:
        return "nothing to do"
    parts = [f"{outcomes[outcome]} {outcome}" for outcome in Outcome if outcome in outcomes]
    return f"{sum(outcomes.values())} entries, {', '.join(parts)}"


def show_coverage(settings: Settings, *, run_id: str, outcomes: Mapping[str, int]) -> int:
    """
    Keep a page of the coverage that run *run_id* found, linked to the articles; return how many rows it has.

    One artifact of Prefect, 124 ms: a page a run, and only where there is something to show.
    """
    with reader(settings.home) as con:
        rows = new_coverage_of(con, run_id=run_id, limit=_MOST_ROWS)
    if not rows:
        return 0
    from prefect.artifacts import create_markdown_artifact

    lines = ["| topic | article | source | relevance |", "| --- | --- | --- | ---: |"]
    lines += [
        f"| {_plain(topic)} | [{_plain(title or url)}]({_address(url)}) | {_plain(source)} | {relevance:.2f} |"
        for topic, title, url, source, relevance in rows
    ]
    text = f"{outcome_words(outcomes)}.\n\n" + "\n".join(lines)
    create_markdown_artifact(key="new-coverage", markdown=text, description="Coverage that this run found")
    return len(rows)


def _plain(text: str) -> str:
    """Return *text* as one cell of Markdown: what a publisher wrote must neither end the cell nor become markup."""
    shown = " ".join(text.split())
    for mark in "\\`*_[]<>|":
        shown = shown.replace(mark, f"\\{mark}")
    return shown


def _address(url: str) -> str:
    return url.replace(" ", "%20").replace("(", "%28").replace(")", "%29").replace("|", "%7C").replace("<", "%3C")
