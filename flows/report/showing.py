"""Show in Prefect's pages which briefings a run wrote."""

from collections.abc import Sequence

from flows.report.writing import Written


def show_briefings(written: Sequence[Written]) -> None:
    """
    Keep a table of the pages *written* with the run, one artifact of Prefect.

    The pages are named by their paths: a browser follows no link from Prefect's pages to a file. The new articles
    themselves are linked from the page that ``collect`` keeps (``flows.showing``).
    """
    from prefect.artifacts import create_markdown_artifact

    create_markdown_artifact(key="briefings", markdown=table(written), description="Briefings that this run wrote")


def table(written: Sequence[Written]) -> str:
    """Return the pages *written* as a table in Markdown; titles of topics are the watchlist's."""
    lines = ["| topic | articles | stories | new stories | page |", "| --- | ---: | ---: | ---: | --- |"]
    lines += [
        f"| {briefing.title.replace('|', '&#124;')} | {briefing.totals['article_count']} "
        f"| {briefing.totals['story_count']} | {briefing.totals['new_story_count']} | `{page.path.resolve()}` |"
        for page in written
        for briefing in page.briefings
    ]
    return "\n".join(lines)
