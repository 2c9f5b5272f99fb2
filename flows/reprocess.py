"""Read kept documents again with today's extractor."""

from datetime import datetime

from prefect import flow, get_run_logger

from flows.commands.reprocess import summary
from flows.comparison import LOSS_PCT
from flows.publish import publish
from flows.reprocessing import Plan, Report, as_counts, reprocess_documents
from flows.settings import Settings


@flow(name="reprocess", persist_result=False)
def reprocess(
    settings: Settings | None = None,
    *,
    since: datetime | None = None,
    is_dry_run: bool = False,
    allowed_loss_pct: float = LOSS_PCT,
    recovers: bool = False,
) -> dict[str, int]:
    """
    Compare every kept document with what is held of it, apply what differs, publish.

    Args:
        settings: Defaults to the environment.
        since: Documents received before this instant are left out.
        is_dry_run: Compare only.
        allowed_loss_pct: Most that a source may lose of its characters or mentions, in percent.
        recovers: Read the documents that gave no article, too.

    Returns:
        The numbers of the comparison, of all sources together.

    Raises:
        LossError: A source would lose more; nothing was changed.
    """
    settings = settings or Settings()
    plan = Plan(since=since, is_dry_run=is_dry_run, allowed_loss_pct=allowed_loss_pct, recovers=recovers)
    report = Report()
    reprocess_documents(settings, plan, report=report)
    for line in summary(report, plan):
        get_run_logger().info(line)
    if report.is_applied:
        publish(settings)
    return dict(as_counts(report))
