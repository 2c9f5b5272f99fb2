"""
Decide when an article's page is looked at again, what the answer means; pure.

Publishers edit most in the first hours: of 1.2 million articles of 22 newspapers, kept in 4.6 million versions, an
average one has nearly four (Spangher et al., NewsEdits, 2022). Who wants every version asks like NewsDiffs: every
15 minutes for three hours, hourly for a day, every three hours for a week, some 80 requests an article. An analyst
wants to know that and what was changed; six looks, each about three times as old as the one before, see every edit
that stands when the page has come to rest, in the hours that matter within an hour or two.
"""

from datetime import datetime, timedelta
from hashlib import sha256
from http import HTTPStatus

from extractors.acquire.intervals import share
from extractors.acquire.verdict import verdict
from extractors.model import Article, FetchOutcome, Look, Looked, LookOutcome, Outcome

#: Since first sight. A thousand articles a day: 6,000 requests a day.
COVERED_AGES = (
    timedelta(hours=1), timedelta(hours=3), timedelta(hours=8), timedelta(days=1), timedelta(days=3), timedelta(days=7),
)  # fmt: skip
#: Of articles that no topic covers, where they are looked at: an edit may name a topic first. 2,000 requests a day.
OTHER_AGES = (timedelta(hours=3), timedelta(days=1))
#: Later by up to a fifth, so that the articles of one poll do not come due at once.
_JITTER_SHARE = 0.2
#: A look that came late makes one soon after it needless: the next comes when the page is half as old again.
_LEAST_STEP = 1.5
#: A page that was edited in its last week is looked at once more after another, until it is four weeks old.
_EDITED_AGAIN, LONGEST = timedelta(days=7), timedelta(days=28)
#: Every third look asks without validators: servers repeat an ETag although the page has changed.
_DISTRUST_EVERY = 3
#: A page that gave nothing to compare so often in a row is asked for no more.
_MOST_FAILURES = 3
#: After these nothing else is to be expected.
_ENDS = (LookOutcome.GONE, LookOutcome.MOVED, LookOutcome.BLOCKED)
_FAILURES = (LookOutcome.NO_ARTICLE, LookOutcome.FAILED)
#: After these the body is that of the article.
_RECEIVED = (LookOutcome.SAME_BYTES, LookOutcome.SAME_TEXT, LookOutcome.EDITED)


def next_look_at(look: Look, *, now: datetime, is_edited: bool = False) -> datetime | None:
    """
    Return when to look at an article's page after *now*, when it was received or its schedule begins; None: never.

    Args:
        look: What is known of it.
        now: Aware UTC. Looks that were missed before it are not made up for, so that a home that was not used for
            days, or knew no looks, does not ask for everything at once.
        is_edited: The look just made found an edit.
    """
    age = now - look.first_seen_at
    planned = (step for step in (COVERED_AGES if look.is_covered else OTHER_AGES) if step >= age * _LEAST_STEP)
    step = next(planned, None)
    if step is None and is_edited and age + _EDITED_AGAIN <= LONGEST:
        step = age + _EDITED_AGAIN
    if step is None:
        return None
    return look.first_seen_at + step * (1 + _JITTER_SHARE * share(look.article_id, look.first_seen_at))


def validators(look: Look) -> tuple[str | None, str | None]:
    """Return the ETag and the Last-Modified to send, each None where it is not known or not to be trusted now."""
    is_trusted = (look.look_count + 1) % _DISTRUST_EVERY != 0
    return (look.etag, look.last_modified) if is_trusted else (None, None)


def told_by_answer(look: Look, fetched: FetchOutcome) -> tuple[LookOutcome, str | None] | None:
    """Return what *fetched* means by itself, with the reason in words; None where its body must be read."""
    if fetched.error is None and fetched.http_status == HTTPStatus.NOT_MODIFIED:
        if any(validators(look)):
            return LookOutcome.NOT_MODIFIED, None
        return LookOutcome.FAILED, "HTTP 304 without having been asked whether it changed"
    judged = verdict(fetched)
    if judged.outcome is None:
        is_same = sha256(fetched.body).hexdigest() == look.body_sha256
        return (LookOutcome.SAME_BYTES, None) if is_same else None
    if judged.outcome is Outcome.GONE:
        return LookOutcome.GONE, judged.reason
    is_final = judged.outcome in (Outcome.BLOCKED, Outcome.PAYWALLED) and not judged.may_heal
    return (LookOutcome.BLOCKED if is_final else LookOutcome.FAILED), judged.reason


def other_article(held: Article, found: Article, *, kept_share: float) -> tuple[LookOutcome, str] | None:
    """
    Return why *found*, read from the page of *held*, is not to be taken for its edit; None where it may be one.

    Args:
        held: The article as it is known.
        found: What answers today.
        kept_share: Share of the characters of *held* that *found* has too, 0 to 1.
    """
    if found.is_truncated and not held.is_truncated:
        return LookOutcome.NO_ARTICLE, "only its beginning is shown now"
    # A new address for a new headline keeps its text; the front page that a removed article leads to does not.
    if found.article_id != held.article_id and kept_share < 0.5:  # noqa: PLR2004 - more of it than not
        return LookOutcome.MOVED, f"another article answers: {found.url}"
    return None


def looked(look: Look, fetched: FetchOutcome, outcome: LookOutcome, *, reason: str | None = None) -> Looked:
    """
    Return the record of a look, with when to look again.

    Args:
        look: What was known before.
        fetched: The answer.
        outcome: What it came to.
        reason: In words.
    """
    failure_count = look.failure_count + 1 if outcome in _FAILURES else 0
    is_over = outcome in _ENDS or failure_count >= _MOST_FAILURES
    at, is_edited = fetched.fetched_at, outcome is LookOutcome.EDITED
    return Looked(
        article_id=look.article_id,
        looked_at=at,
        outcome=outcome,
        reason=reason,
        look_count=look.look_count + 1,
        failure_count=failure_count,
        next_look_at=None if is_over else next_look_at(look, now=at, is_edited=is_edited),
        etag=_validator("ETag", look.etag, fetched, outcome),
        last_modified=_validator("Last-Modified", look.last_modified, fetched, outcome),
        body_sha256=sha256(fetched.body).hexdigest() if outcome in _RECEIVED else look.body_sha256,
    )


def _validator(name: str, known: str | None, fetched: FetchOutcome, outcome: LookOutcome) -> str | None:
    """Return the validator *name* of the page last received; what a wall or an error page sends says nothing of it."""
    if outcome in _RECEIVED:
        return fetched.header(name)
    return (fetched.header(name) if outcome is LookOutcome.NOT_MODIFIED else None) or known
