"""
Write the figures of the service where Prometheus finds them: HOME/metrics.prom.

A file for node-exporter's textfile collector, written with every snapshot: no port to open, no process to watch, and
the same with and without a server.
"""

from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge, write_to_textfile
from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector

from warehouse.connection import reader
from warehouse.snapshot import Published
from warehouse.tallies import Tallies, tallies

FILE_NAME = "metrics.prom"


class _Entries(Collector):
    """Gives the ledger's counts as a counter: prometheus_client has none that is set."""

    def __init__(self, counts: dict[str, int]) -> None:
        self._counts = counts

    def collect(self) -> list[Metric]:
        """Return the one metric."""
        metric = CounterMetricFamily("newsdesk_entries", "Entries of the ledger by outcome", labels=["outcome"])
        for outcome, count in self._counts.items():
            metric.add_metric([outcome], count)
        return [metric]


def write_metrics(home: Path, published: Published) -> Path:
    """Write the totals of the snapshot that was *published* in *home*; return the file, replaced in one step."""
    with reader(home) as con:
        found = tallies(con)
    path = home / FILE_NAME
    write_to_textfile(str(path), registry_of(found, published))
    return path


def registry_of(found: Tallies, published: Published) -> CollectorRegistry:
    """Return the metrics; times are Unix seconds, so that a rule can say ``time() - newsdesk_published_seconds``."""
    registry = CollectorRegistry()
    settled = {outcome: count for outcome, count in found.entries.items() if outcome != "pending"}
    registry.register(_Entries(settled))
    feeds = Gauge("newsdesk_feeds", "Watched feeds by state", ["status"], registry=registry)
    for status, count in found.feeds.items():
        feeds.labels(status).set(count)
    for name, words, value in (
        ("newsdesk_entries_pending", "Entries that wait for their page", found.entries.get("pending", 0)),
        ("newsdesk_articles", "Articles held", found.article_count),
        ("newsdesk_coverage", "Topics found in articles", found.coverage_count),
        ("newsdesk_lag_seconds", "Median seconds from an entry to its article, last day", found.lag_seconds),
        ("newsdesk_loaded_seconds", "When the newest article was loaded", _unix(found)),
        ("newsdesk_published_seconds", "When the snapshot was published", published.published_at.timestamp()),
        ("newsdesk_snapshot_bytes", "Size of the snapshot", published.byte_count),
    ):
        if value is not None:
            Gauge(name, words, registry=registry).set(value)
    return registry


def _unix(found: Tallies) -> float | None:
    return found.last_loaded_at.timestamp() if found.last_loaded_at else None
