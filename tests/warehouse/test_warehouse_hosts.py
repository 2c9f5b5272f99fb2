"""What the warehouse keeps of hosts."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from extractors.model import HostState
from warehouse.connection import writer
from warehouse.hosts import known_hosts, save_hosts

NOW = datetime(2026, 11, 20, tzinfo=UTC)
RULES = HostState(
    host="a.example",
    robots_asked_at=NOW,
    robots_http_status=200,
    robots_text="User-agent: *\nDisallow: /x",
    crawl_delay_seconds=5.0,
)


def test_rules_and_holds_of_a_host_are_one_row_and_neither_wipes_the_other(home: Path) -> None:
    hold = HostState(host="a.example", hold_until=NOW + timedelta(hours=1))
    earlier = HostState(host="a.example", hold_until=NOW + timedelta(minutes=1))
    with writer(home) as con:
        save_hosts(con, [hold, RULES, earlier])
        assert [state.hold_until for state in known_hosts(con, now=NOW)] == [hold.hold_until]
        save_hosts(con, [hold])
        save_hosts(con, [RULES])
        save_hosts(con, [earlier])

        (state,) = known_hosts(con, now=NOW)

    assert state.hold_until == hold.hold_until
    assert (state.robots_text, state.crawl_delay_seconds) == (RULES.robots_text, 5.0)


def test_a_file_that_is_gone_takes_its_rules_with_it(home: Path) -> None:
    gone = HostState(host="a.example", robots_asked_at=NOW + timedelta(days=1), robots_http_status=404)
    with writer(home) as con:
        save_hosts(con, [RULES])
        save_hosts(con, [gone])

        assert known_hosts(con, now=NOW) == [gone]


def test_hosts_of_long_ago_are_not_given_back_unless_they_hold(home: Path) -> None:
    later = NOW + timedelta(days=31)
    holding = HostState(host="b.example", hold_until=later + timedelta(minutes=1))
    with writer(home) as con:
        save_hosts(con, [RULES, holding])

        assert [state.host for state in known_hosts(con, now=later)] == ["b.example"]
