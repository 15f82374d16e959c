"""What the pages of the console show, as JSON: arrivals, one event, and what needs attention."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from itertools import islice

from gazette.models import paths
from gazette.models.contract.identity import event_id, is_event_key
from gazette.models.frozen import rfc3339
from gazette.models.ledger.snapshot import Revision
from gazette.models.problems.problems import InvalidEventError
from gazette.services.release.release import held_events
from gazette_cli.console.arrivals import Arrival
from gazette_cli.console.function_log import FailureLine
from gazette_cli.console.terminal import DONE
from gazette_cli.operate.dead_letters import Failed
from gazette_cli.operate.deployment import Deployment
from gazette_cli.operate.failures import quarantined_revisions, stored_failures
from gazette_cli.operate.failures_report import QuarantinedRevision
from gazette_cli.writing.put import address_of, feed_addresses
from gazette_cli.writing.status import Status, read_status

Shape = dict[str, object]
_MOST = 100


def arrival_shape(deployment: Deployment, row: Arrival) -> Shape:
    """Return a row of the list of arrivals; seconds count from the write."""
    details = row.details
    path = details.path if details else ""
    return {
        "id": row.event_id,
        "number": row.number,
        "title": details.title if details else row.event_id,
        "kind": details.kind if details else "",
        "done": DONE.get(details.kind if details else "", "recorded"),
        "page": address_of(deployment, f"{path}.html") if path else "",
        "put": _moment(details.put if details else None),
        "ingested": _moment(row.ingested),
        "published": _moment(row.shown),
        "page_seconds": _rounded(row.seconds(row.page)),
        "feed_seconds": _rounded(row.seconds(row.feed)),
        "documents": len(row.documents),
    }


def event_shape(deployment: Deployment, identity: str) -> Shape:
    """Return an event with its revisions, the newest first.

    Raises:
        UploadError: the stack knows nothing of it.
    """
    found = read_status(deployment, identity)
    return {
        "id": identity,
        "state": found.state,
        "reason": found.reason,
        "title": found.revisions[-1].entry.title if found.revisions else identity,
        "links": _links(deployment, found),
        "revisions": [
            _revision(deployment, one, is_current=one is found.revisions[-1])
            for one in reversed(found.revisions)
        ],
    }


def attention_shape(deployment: Deployment, retried: Iterable[FailureLine]) -> Shape:
    """Return what is quarantined, held, or has failed."""
    failed = _failures(deployment)
    held = islice(held_events(deployment.ledger), _MOST)
    return {
        "quarantined": [_quarantined(one) for one in quarantined_revisions(deployment)],
        "held": [{"id": one.event_id, "release": rfc3339(one.due)} for one in held],
        "failed": [_failed(one) for one in sorted(failed, key=lambda one: one.at)],
        "retried": [
            {"subject": one.subject, "reason": one.reason, "at": rfc3339(one.timestamp)}
            for one in retried
        ],
    }


def _failures(deployment: Deployment) -> list[Failed]:
    """Return what has failed. Reading hides it from others meanwhile, so it is counted first."""
    bucket = deployment.outputs["FailedBatchBucketName"]
    batches = deployment.s3.list_objects_v2(Bucket=bucket, MaxKeys=1).get("Contents", [])
    if not batches and not any(map(partial(_letters, deployment), deployment.dead_letter_queues())):
        return []
    with stored_failures(deployment) as found:
        return [one.failed for one in islice(found, _MOST)]


def _letters(deployment: Deployment, queue_url: str) -> int:
    """Count the messages of a queue, also those that somebody else reads."""
    found = deployment.sqs.get_queue_attributes(
        QueueUrl=queue_url,
        AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
    )
    return sum(map(int, found.get("Attributes", {}).values()))


def _links(deployment: Deployment, found: Status) -> Sequence[Shape]:
    if not found.revisions:
        return []
    newest = found.revisions[-1]
    base_path, first_path = newest.entry.base_path, newest.entry.first_path
    own = {
        "Page": f"{base_path}.html",
        "JSON": f"{base_path}.json",
    }
    if newest.number > 1:
        own["History"] = paths.history_path(first_path)
    named = [(name, address_of(deployment, path)) for name, path in own.items()]
    feeds = list(feed_addresses(deployment, newest))
    topics = [topic.label for topic in newest.entry.topics]
    named += zip((f"Feed of {name}" for name in ("the site", *topics)), feeds, strict=True)
    return [{"text": text, "url": url} for text, url in named]


def _revision(deployment: Deployment, one: Revision, *, is_current: bool) -> Shape:
    entry = one.entry
    own = paths.revision_path(entry.base_path, one.number)
    page = entry.base_path if is_current else own
    return {
        "number": one.number,
        "kind": entry.kind.value,
        "at": rfc3339(entry.at),
        "title": entry.title,
        "note": f"erased: {entry.erased.reason}" if entry.erased else entry.note or "",
        "sha256": entry.sha256,
        "page": address_of(deployment, f"{page}.html"),
    }


def _quarantined(one: QuarantinedRevision) -> Shape:
    key = one.version.key
    return {
        "key": key,
        "id": _id_of(key),
        "at": rfc3339(one.version.at),
        "problems": [_problem(field, reason) for field, reason in one.version.problems],
    }


def _problem(field: str, reason: str) -> Shape:
    """Split a message into what is wrong, and what to write."""
    wrong, _, remedy = reason.partition("; ")
    return {"field": field, "reason": wrong, "remedy": remedy}


def _id_of(key: str) -> str:
    """Return the id of an event that can be written again, empty for other objects."""
    try:
        return event_id(key) if is_event_key(key) else ""
    except InvalidEventError:
        return ""


def _failed(one: Failed) -> Shape:
    return {
        "name": one.name,
        "kind": one.kind.value,
        "subject": one.subject,
        "reason": one.reason,
        "at": rfc3339(one.at),
        "can_be_replayed": one.replay is not None,
    }


def _moment(at: datetime | None) -> str | None:
    return at.isoformat(timespec="milliseconds") if at else None


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 2)
