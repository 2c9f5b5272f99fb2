"""Send the alerts that are due."""

from prefect import flow, get_run_logger

from flows.alerting import AlertSummary, send_alerts
from flows.console import note
from flows.publish import publish
from flows.settings import Settings
from flows.waiting import spare_waiting


@flow(name="alert", persist_result=False)
def alert(settings: Settings | None = None) -> AlertSummary:
    """
    Send what is due: digests at their hour, what quiet hours held, what a channel did not take, what a bell missed.

    The collect flow does the same at its end, so what is urgent waits for no new process.

    Args:
        settings: Defaults to the environment.
    """
    settings = settings or Settings()
    if settings.dispatch == "event":
        spare_waiting()
    summary = send_alerts(settings)
    for problem in summary.problems:
        note(f"alerts: {problem}")
    if summary.line:
        get_run_logger().info(summary.line)
    if summary.decided_count or summary.sent_count:
        publish(settings)
    return summary
