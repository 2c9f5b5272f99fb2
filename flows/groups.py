"""The groups of commands: `newsdesk feeds`, `newsdesk topics`, `newsdesk stories`, `newsdesk alerts`."""

from pathlib import Path

import click

from flows.options import home_option, json_option, settings_of, watchlist_option


@click.group()
def feeds() -> None:
    """The watchlist's feeds: what they are, how they do."""


@feeds.command("list")
@watchlist_option
@home_option
@json_option
def feeds_list(*, watchlist: Path | None, home: Path | None, as_json: bool) -> None:
    """List the feeds with their state, as the published snapshot knows it."""
    from flows.commands.feeds import list_feeds

    list_feeds(settings_of(home, watchlist), as_json=as_json)


@feeds.command("check")
@watchlist_option
@home_option
@json_option
def feeds_check(*, watchlist: Path | None, home: Path | None, as_json: bool) -> None:
    """Ask every feed once, now, and say what is wrong and what to do. Stores nothing."""
    from flows.commands.feeds import check_feeds

    check_feeds(settings_of(home, watchlist), as_json=as_json)


@feeds.command("discover")
@click.argument("url", metavar="URL")
@json_option
def feeds_discover(*, url: str, as_json: bool) -> None:
    """Find the feeds and sitemaps of a site, try each, and print the lines for the watchlist."""
    from flows.commands.doors import discover_feeds

    discover_feeds(settings_of(None, None), url, as_json=as_json)


@feeds.command("import")
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE.opml")
@watchlist_option
@json_option
def feeds_import(*, file: Path, watchlist: Path | None, as_json: bool) -> None:
    """Add the feeds of an OPML list to the watchlist; its comments and its order stay."""
    from flows.commands.doors import import_feeds

    import_feeds(settings_of(None, watchlist), file, as_json=as_json)


@feeds.command("export")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write to FILE.")
@watchlist_option
@home_option
def feeds_export(*, output: Path | None, watchlist: Path | None, home: Path | None) -> None:
    """Write the watchlist's feeds as OPML, for other readers or another newsdesk."""
    from flows.commands.doors import export_feeds

    export_feeds(settings_of(home, watchlist), output)


@click.group()
def topics() -> None:
    """The watchlist's topics: what they are, what they match."""


@topics.command("list")
@watchlist_option
@home_option
@json_option
def topics_list(*, watchlist: Path | None, home: Path | None, as_json: bool) -> None:
    """List the topics with their queries and the coverage in the published snapshot."""
    from flows.commands.topics import list_topics

    list_topics(settings_of(home, watchlist), as_json=as_json)


@topics.command("test")
@click.argument("text", required=False, metavar="[TEXT|FILE]")
@click.option("--past", type=click.IntRange(min=1), metavar="N", help="Ask the N articles loaded last instead.")
@click.option("--topic", metavar="TOPIC", help="This topic alone.")
@watchlist_option
@home_option
@json_option
def topics_test(
    *, text: str | None, past: int | None, topic: str | None, watchlist: Path | None, home: Path | None, as_json: bool
) -> None:
    """
    Show what each topic's query finds in TEXT (or a file's text), and what it nearly found.

    With --past, in the articles that are published: what the query covers there, gains, loses, just misses.
    """
    from flows.commands import topics

    if (text is None) is (past is None):
        raise click.UsageError("give a TEXT, or --past N: one of them")
    if past is not None:
        topics.test_past(settings_of(home, watchlist), past, topic=topic, as_json=as_json)
    elif text is not None:
        topics.test_topics(settings_of(home, watchlist), text, topic=topic, as_json=as_json)


@topics.command("backfill")
@click.argument("topic", required=False, metavar="[TOPIC]")
@watchlist_option
@home_option
@json_option
def topics_backfill(*, topic: str | None, watchlist: Path | None, home: Path | None, as_json: bool) -> None:
    """
    Ask TOPIC's query of every article held, then publish: after a query was added or changed.

    Without TOPIC, the topics that were not yet asked of everything. Collecting goes on meanwhile.
    """
    from flows.commands.topics import backfill_topics

    backfill_topics(settings_of(home, watchlist), topic, as_json=as_json)


@click.group()
def stories() -> None:
    """The stories that articles with one text belong to."""


@stories.command("rebuild")
@home_option
def stories_rebuild(*, home: Path | None) -> None:
    """Compare all articles anew, after an update of newsdesk; ids of stories stay where they can."""
    from flows.rebuilding import rebuild

    click.echo(f"{rebuild(settings_of(home, None)):,} stories")


@click.group()
def alerts() -> None:
    """What people were told, what waits to be told."""


@alerts.command("list")
@click.option("--limit", type=click.IntRange(min=1), default=50, metavar="N", help="At most N alerts [50].")
@home_option
@json_option
def alerts_list(*, limit: int, home: Path | None, as_json: bool) -> None:
    """List the newest alerts as published, those that wait first."""
    from flows.commands.alerts import list_alerts

    list_alerts(settings_of(home, None), limit=limit, as_json=as_json)


@alerts.command("test")
@click.argument("name", metavar="NAME")
@watchlist_option
def alerts_test(*, name: str, watchlist: Path | None) -> None:
    """Send one test message to the channel of rule NAME, now, and say what came back."""
    from flows.commands.alerts import test_alert

    test_alert(settings_of(None, watchlist), name)
