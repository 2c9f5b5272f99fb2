"""
The command line `newsdesk`.

Thin: a command reads its options and calls one function. Slow libraries are imported by the command that needs them, so
that ``--help`` is quick.
"""

import logging
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

import click

from extractors.errors import NewsdeskError
from flows.groups import alerts, feeds, stories, topics
from flows.options import home_option, json_option, settings_of, watchlist_option

DONE, FAILED, WRONG_USAGE, INTERRUPTED = 0, 1, 2, 130
FORMATS = ("table", "csv", "json", "parquet")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="newsdesk")
@click.option("--home", type=click.Path(path_type=Path), help="Folder of the data, for any command [newsdesk-data].")
@click.option("-v", "--verbose", is_flag=True, help="One line for each fetch and each entry, on stderr.")
def cli(*, home: Path | None, verbose: bool) -> None:
    """News monitoring: feeds in, clean text with evidence out, answers in SQL."""
    if home is not None:
        os.environ["NEWSDESK_HOME"] = str(home)
    level = logging.INFO if verbose else logging.WARNING
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(message)s")
    logging.getLogger("newsdesk").setLevel(level)


@cli.command()
@click.argument("folder", type=click.Path(path_type=Path), default=".", metavar="[DIR]")
def init(*, folder: Path) -> None:
    """Write a starter watchlist.toml into DIR and say what to type next."""
    from flows.commands.start import init

    init(folder)


@cli.command()
@click.option("--keep", type=click.Path(path_type=Path), metavar="DIR", help="Keep the data of the demo in DIR.")
def demo(*, keep: Path | None) -> None:
    """Run the main job on the offline newsroom of the sample."""
    from flows.commands.start import demo

    demo(keep)


@cli.command()
@click.option("--every", metavar="10m", help="Go on for ever, starting a cycle every so often: 90s, 10m, 2h.")
@watchlist_option
@home_option
@json_option
def run(*, every: str | None, watchlist: Path | None, home: Path | None, as_json: bool) -> None:
    """Poll the feeds, collect the pages, send the alerts, publish the snapshot: once, or for ever."""
    from flows.commands.work import run

    run(settings_of(home, watchlist), every=every, as_json=as_json)


@cli.command()
@click.argument("paths", type=click.Path(path_type=Path, readable=False), nargs=-1, required=True, metavar="PATH...")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="Received on this day (UTC) or later.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="Received on this day or earlier.")
@click.option(
    "--prefilter/--no-prefilter",
    "has_prefilter",
    default=False,
    help="Load only what is about a topic, and read only pages whose bytes name one [--no-prefilter].",
)
@click.option(
    "--alert", "alerts", is_flag=True, help="Send alerts for it, as if a feed had brought it [none are sent]."
)
@watchlist_option
@home_option
@json_option
def ingest(
    *,
    paths: tuple[Path, ...],
    since: datetime | None,
    until: datetime | None,
    has_prefilter: bool,
    alerts: bool,
    watchlist: Path | None,
    home: Path | None,
    as_json: bool,
) -> None:
    """
    Read and load local files: .html, .txt, .jsonl, .warc, .warc.gz, .wacz, or folders of them. No network.

    Archives go on where a killed run was. The addresses of a .urls list wait for the next `newsdesk run`.
    """
    from flows.backfilling import Question
    from flows.commands.work import ingest

    question = Question(since=since and since.date(), until=until and until.date(), has_prefilter=has_prefilter)
    ingest(settings_of(home, watchlist), paths, question=question, alerts=alerts, as_json=as_json)


@cli.command()
@click.argument("query", metavar="QUERY")
@click.option("--format", "format_", type=click.Choice(FORMATS), default="table", help="[table]")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write to FILE.")
@home_option
def sql(*, query: str, format_: str, output: Path | None, home: Path | None) -> None:
    """Run QUERY on the published snapshot; never locks, never waits."""
    from flows.commands.look import sql

    sql(settings_of(home, None), query, format_=format_, output=output)


@cli.command()
@click.argument("topic", required=False, metavar="[TOPIC]")
@click.option(
    "--cursor", default="default", metavar="NAME", help="Whose place it is; each name reads for itself [default]."
)
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="At most N articles, the earliest [all].")
@click.option("--peek", "is_peek", is_flag=True, help="Show, and leave the cursor where it is.")
@click.option("--skip", "skips", is_flag=True, help="Show nothing; read on after what is published now.")
@click.option("--format", "format_", type=click.Choice(("text", "csv", "json")), default="text", help="[text]")
@home_option
@json_option
def new(
    *,
    topic: str | None,
    cursor: str,
    limit: int | None,
    is_peek: bool,
    skips: bool,
    format_: str,
    home: Path | None,
    as_json: bool,
) -> None:
    """
    Show the coverage that is new since this cursor was last read, and advance it.

    Of TOPIC, or of every topic, as published. The first read of a cursor shows everything that is held.
    """
    from flows.commands.new import new

    if is_peek and skips:
        raise click.UsageError("--peek leaves the cursor, --skip moves it: one of them is meant")
    new(
        settings_of(home, None),
        topic,
        cursor=cursor,
        limit=limit,
        is_peek=is_peek,
        skips=skips,
        format_="json" if as_json else format_,
    )


@cli.command()
@click.argument("what", metavar="URL|FILE|ARTICLE_ID")
@click.option("--edits", "shows_edits", is_flag=True, help="Show what its publisher changed, word by word. No network.")
@watchlist_option
@home_option
@json_option
def read(*, what: str, shows_edits: bool, watchlist: Path | None, home: Path | None, as_json: bool) -> None:
    """
    Show every step of reading one page: charset, repairs, text, removals with their reasons, mentions.

    With --edits the revisions of an article that is held, by its address or article_id.
    """
    if shows_edits:
        from flows.commands.edits import edits

        edits(settings_of(home, None), what, as_json=as_json)
        return
    from flows.commands.look import read

    read(settings_of(home, watchlist), what, as_json=as_json)


@cli.command()
@click.option("--since", type=click.DateTime(), metavar="DATE", help="Documents received from this day (UTC) on [all].")
@click.option("--dry-run", "is_dry_run", is_flag=True, help="Show what would change; write nothing.")
@click.option(
    "--allow-loss",
    "allowed_loss_pct",
    type=click.FloatRange(0, 100),
    default=5.0,
    metavar="PERCENT",
    help="Refuse where a source loses more of its characters or mentions [5].",
)
@click.option(
    "--recover", "recovers", is_flag=True, help="Read pages that gave no article, too: they may give one now."
)
@home_option
@json_option
def reprocess(
    *,
    since: datetime | None,
    is_dry_run: bool,
    allowed_loss_pct: float,
    recovers: bool,
    home: Path | None,
    as_json: bool,
) -> None:
    """Read kept documents again with today's extractor, show what differs, apply it. No network."""
    from flows.commands.reprocess import reprocess

    reprocess(
        settings_of(home, None),
        since=since and since.replace(tzinfo=UTC),
        is_dry_run=is_dry_run,
        allowed_loss_pct=allowed_loss_pct,
        recovers=recovers,
        as_json=as_json,
    )


@cli.command()
@click.argument("topic", required=False, metavar="[TOPIC]")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE.html", help="[briefing-TOPIC.html]")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="From this day (UTC) on [all].")
@home_option
def report(*, topic: str | None, output: Path | None, since: datetime | None, home: Path | None) -> None:
    """
    Write the briefing of TOPIC, or of every topic: one HTML page that needs no network.

    Coverage over time, stories and who had them first, figures side by side, quotes, edits, what is missing and why.
    """
    from flows.commands.report import report

    report(settings_of(home, None), topic, output=output, since=since and since.replace(tzinfo=UTC))


@cli.command()
@home_option
@json_option
def doctor(*, home: Path | None, as_json: bool) -> None:
    """Check every invariant of the published snapshot; exit 1 and one line for each that fails."""
    from flows.commands.look import doctor

    doctor(settings_of(home, None), as_json=as_json)


@cli.command()
def deploy() -> None:
    """Register the flows of prefect.yaml with the Prefect server that PREFECT_API_URL names."""
    from flows.commands.service import deploy

    deploy()


@cli.command()
@click.option("--port", type=click.IntRange(1, 65535), default=4200, help="Port of the server on 127.0.0.1 [4200].")
@watchlist_option
@home_option
def serve(*, port: int, watchlist: Path | None, home: Path | None) -> None:
    """Run Prefect's server and a worker on this machine, with everything deployed, until Ctrl-C."""
    from flows.commands.service import serve

    serve(settings_of(home, watchlist), port=port)


for _group in (feeds, topics, stories, alerts):
    cli.add_command(_group)


def _report_unexpected(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Say what nobody foresaw in one line; NEWSDESK_DEBUG=1 shows the traceback."""
    if os.environ.get("NEWSDESK_DEBUG"):
        sys.__excepthook__(kind, error, trace)
        return
    words = " ".join(str(error).split())[:300]
    click.echo(f"newsdesk: {kind.__name__}: {words} (set NEWSDESK_DEBUG=1 to see where)", err=True)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 1 something failed and was said, 2 wrong usage."""
    sys.excepthook = _report_unexpected
    try:
        code = cli.main(args=arguments, prog_name="newsdesk", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except click.Abort:
        click.echo("newsdesk: stopped", err=True)
        code = INTERRUPTED
    except NewsdeskError as error:
        click.echo(f"newsdesk: {' '.join(str(error).split())}", err=True)
        code = FAILED
    except OSError as error:
        click.echo(f"newsdesk: {error.filename or 'the system'}: {error.strerror or error}", err=True)
        code = FAILED
    sys.exit(code if isinstance(code, int) else DONE)
