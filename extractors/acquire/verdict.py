"""Say what the answer to a page's request means for its entry."""

from dataclasses import dataclass
from http import HTTPStatus

from extractors.errors import Hardness, RobotsDisallowedError
from extractors.model import FetchOutcome, Outcome

#: The publisher says that the page is not for us; asking again would be knocking on a closed door.
_REFUSED = {401, 403, 407, 451}
_SUCCESS = range(200, 300)
_SERVER_ERROR = range(500, 600)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """
    What one answer means.

    ``outcome`` is None where the body is worth reading; ``may_heal`` says that another try later makes sense.
    """

    outcome: Outcome | None
    reason: str | None = None
    may_heal: bool = False


def verdict(fetched: FetchOutcome) -> Verdict:
    """
    Return what *fetched* means for the entry whose page it is.

    Source:
        RFC 9110 section 15; that 404 and 5xx of news sites often heal is Media Cloud's experience, but a page
        (unlike a feed) that answers 404 to its own link seldom comes back, so 404 and 410 are ``gone`` at
        once.
    """
    if isinstance(fetched.error, RobotsDisallowedError):
        return Verdict(outcome=Outcome.BLOCKED, reason=str(fetched.error))
    if fetched.error is not None:
        reason = f"{fetched.error.slug}: {fetched.error}"
        return Verdict(outcome=Outcome.FAILED, reason=reason, may_heal=fetched.error.hardness is not Hardness.HARD)
    status = fetched.http_status
    if status is None:
        return Verdict(outcome=Outcome.FAILED, reason="no answer", may_heal=True)
    if status in _SUCCESS:
        return Verdict(outcome=None)
    return _refusal(status)


def _refusal(status: int) -> Verdict:
    words = f"HTTP {status} {_phrase(status)}".strip()
    if status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
        return Verdict(outcome=Outcome.GONE, reason=words)
    if status == HTTPStatus.PAYMENT_REQUIRED:
        return Verdict(outcome=Outcome.PAYWALLED, reason=words)
    if status in _REFUSED:
        return Verdict(outcome=Outcome.BLOCKED, reason=words)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return Verdict(outcome=Outcome.BLOCKED, reason=words, may_heal=True)
    return Verdict(outcome=Outcome.FAILED, reason=words, may_heal=status in _SERVER_ERROR)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
