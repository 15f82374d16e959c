"""The work of each function as scenarios; each scenario needs some permissions of its role."""

import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from gazette.models.ledger import keys, partitions
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import Partition
from gazette.models.limits import MAX_TASK_ATTEMPTS
from gazette.models.tasks.edge_invalidation import EdgeInvalidation
from gazette.models.tasks.retry import retries_of
from gazette.models.views.site_document import SUPERSEDED
from tests.e2e import hub_scenarios as hub
from tests.e2e import webhook_scenarios as webhooks
from tests.e2e.stage import INGEST, LATER, PUBLISH, Document, RefusedError, Stage, notification
from tests.unit.images.image_files import image_file

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import ObjectIdentifierTypeDef

EXPIRE, RECONCILE = "ExpireEntriesFunction", "ReconcileArchiveFunction"
RELEASE, ANNOUNCE = "ReleaseDueFunction", "AnnounceFeedsFunction"
INVALIDATE = "InvalidateEdgeFunction"
# Longer than a feed shows a tombstone.
_TOMBSTONES = timedelta(days=31)
_LAST_ATTEMPT = 5
_ERASURE = b'{"revisions": [1], "reason": "By order of a court."}'
# Two writers meet at a document in nearly every race, so certainly in one of these.
_RACES, _LOST = 3, 50
_A_DAY = partitions.day_partition(date(2026, 7, 4))
# No event has this topic: where a role may not remove it, an item that is no entry stays there.
_RELATED = partitions.related_partition("nobody-s")


class Scenario(NamedTuple):
    """Work of a function. It happens only if the role lacks the actions of ``handicap``."""

    run: Callable[[Stage], None]
    handicap: Sequence[str] = ()


def _event(number: int, **more: object) -> bytes:
    document = {
        "title": f"Ferry {number} returns",
        # A year of its own, whose documents come and go with it.
        "date": f"{1500 + number}-03-04",
        "topics": [f"Harbour {number}"],
        "image": {"key": f"images/{number}.png", "alt": "A ferry"},
    }
    return json.dumps({**document, **more}).encode()


def record(stage: Stage) -> None:
    """Ingest an image, a file, an event and its erasure; what cannot be read is quarantined."""
    number = next(stage.numbers)
    image, event = f"images/{number}.png", f"events/{number}.json"
    erasure, file = f"erasures/{number}.json", f"static/{number}.txt"
    stage.stack.write(image, image_file(4, 3))
    stage.stack.write(file, b"A file")
    stage.stack.write(event, _event(number))
    stage.stack.write(erasure, _ERASURE)
    while stage.ingest():
        pass
    if any(map(stage.is_quarantined, (image, event, erasure, file))):
        raise RefusedError("an object could not be read")


def withdraw(stage: Stage) -> None:
    """Ingest an event and its deletion, which takes it out of its lists."""
    number = next(stage.numbers)
    for body in (_event(number), None):
        stage.stack.write(f"events/{number}.json", body)
        while stage.ingest():
            pass


def keep_notification(stage: Stage) -> None:
    """Move a message that failed five times to the dead letters."""
    stage.invoke(INGEST, {"Records": [notification("1", "no notification", _LAST_ATTEMPT)]})
    if not stage.waiting("IngestDeadLetterQueueUrl"):
        raise RefusedError("the notification is not a dead letter")


def publish_and_withdraw(stage: Stage) -> None:
    """Publish an event and its image, change both, and delete the event; remove another image."""
    number = next(stage.numbers)
    image, event = f"images/{number}.png", f"events/{number}.json"
    unused, file = f"images/unused-{number}.png", f"static/{number}.txt"
    correction = {"revision": {"kind": "correction", "note": "Twice."}, "topics": ["Harbour"]}
    writes = (
        *((image, image_file(400, 30)), (event, _event(number))),
        *((event, _event(number, **correction)), (image, image_file(4, 3)), (event, None)),
        # What an event has shown stays, so only another image is removed from the site.
        *((unused, image_file(4, 3)), (unused, None)),
        *((file, b"A file"), (file, None)),
    )
    for key, body in writes:
        stage.stack.write(key, body)
        stage.settle()


def remove_overtaken(stage: Stage, partition: Partition = _A_DAY) -> None:
    """Remove an entry that a late writer has written after its deletion."""
    number = next(stage.numbers)
    item_key = ItemKey(partition, f"{keys.ENTRY}2026-07-04T08:00:00Z#late-{number}")
    with stage.ledger() as ledger:
        ledger.put(LedgerItem(item_key, 2, "{}", deleted=True))
        ledger.put(LedgerItem(item_key, 1, "{}"))
        stage.settle()
        if ledger.get(item_key) is not None:
            raise RefusedError("the entry is still there")


def queue_hub_ping(stage: Stage) -> None:
    """Publish an event and a second version, which hubs and subscribers hear of."""
    number = next(stage.numbers)
    for summary in ("Soon.", "Now."):
        stage.stack.write(f"events/{number}.json", _event(number, summary=summary))
        stage.settle()
    if not (stage.waiting("AnnounceQueueUrl") and stage.waiting("FanOutQueueUrl")):
        raise RefusedError("no hub ping or no news was queued")


def keep_hub_ping(stage: Stage) -> None:
    """Move an invalid hub ping to the dead letters; the call of a hub needs no permission."""
    stage.invoke(ANNOUNCE, {"Records": [notification("1", "not a hub ping")]})
    if not stage.waiting("AnnounceDeadLetterQueueUrl"):
        raise RefusedError("the hub ping is not a dead letter")


def queue_invalidation(stage: Stage) -> None:
    """Publish a superseded revision whose page is not as it should be."""
    number = next(stage.numbers)
    for summary in ("Soon.", "Now."):
        stage.stack.write(f"events/{number}.json", _event(number, summary=summary))
        stage.settle()
    _damage_first_revision(stage, number)
    first = keys.revision_key(str(number), 1)
    (retry,) = retries_of(first.partition, [first.sort])
    stage.invoke(PUBLISH, {"Records": [notification("1", retry.model_dump_json())]})
    _expect_invalidation(stage)


def invalidate(stage: Stage) -> None:
    """Invalidate a path at the distribution."""
    body = EdgeInvalidation(paths=("news/2026/11/3/a.r1.html",)).model_dump_json()
    stage.invoke(INVALIDATE, {"Records": [notification("1", body)]})


def keep_invalidation(stage: Stage) -> None:
    """Move an invalid message to the dead letters."""
    stage.invoke(INVALIDATE, {"Records": [notification("1", "no invalidation")]})
    if not stage.waiting("InvalidateDeadLetterQueueUrl"):
        raise RefusedError("the invalidation is not a dead letter")


def _damage_first_revision(stage: Stage, number: int) -> None:
    bucket, name = stage.stack.site_bucket, f"ferry-{number}-returns.r1.html"
    pages = stage.stack.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="news/")
    (path,) = (
        item["Key"]
        for page in pages
        for item in page.get("Contents", [])
        if item["Key"].endswith(f"/{name}")
    )
    stage.stack.s3.put_object(Bucket=bucket, Key=path, Body=b"?", CacheControl=SUPERSEDED)


def _expect_invalidation(stage: Stage) -> None:
    if not stage.waiting("InvalidateQueueUrl"):
        raise RefusedError("no invalidation was queued")


def retry_later(stage: Stage) -> None:
    """Queue failed work for a retry: the first event of a year changes documents of both lanes."""
    record(stage)
    while stage.publish():
        pass
    if not stage.waiting("PublishRetryQueueUrl"):
        raise RefusedError("no retry was queued")


def give_up(stage: Stage) -> None:
    """Move work that failed six times to the dead letters."""
    retry = {"partition": "SITE#", "sorts": ["REBUILD#EXPIRED"], "attempt": MAX_TASK_ATTEMPTS}
    stage.invoke(PUBLISH, {"Records": [notification("1", json.dumps(retry))]})
    if not stage.waiting("PublishDeadLetterQueueUrl"):
        raise RefusedError("the work is not a dead letter")


def expire(stage: Stage) -> None:
    """Remove an expired tombstone from the feeds."""
    number = next(stage.numbers)
    for body in (_event(number), None):
        stage.stack.write(f"events/{number}.json", body)
        stage.ingest()
    later = datetime.now(UTC) + _TOMBSTONES
    stage.forget()
    stage.invoke(EXPIRE, {"time": later.isoformat()})
    if not stage.publish():
        raise RefusedError("no rebuild was requested")


def release(stage: Stage) -> None:
    """Notify ingest of an event whose embargo ends."""
    number, noon = next(stage.numbers), datetime.now(UTC) + timedelta(hours=1)
    stage.stack.write(f"events/{number}.json", _event(number, published=noon.isoformat()))
    while stage.ingest():
        pass
    stage.invoke(RELEASE, {"time": noon.isoformat()})
    if not stage.waiting("IngestQueueUrl"):
        raise RefusedError("ingest was not notified")


def reconcile(stage: Stage) -> None:
    """Find images, an event and its deletion without notifications, a file, a needless image."""
    number = next(stage.numbers)
    unused = f"images/unused-{number}.png"
    stage.stack.write(unused, image_file(4, 3))
    stage.stack.write(f"static/{number}.txt", b"A file")
    for width in (400, 4):
        stage.stack.write(f"images/{number}.png", image_file(width, 3))
        stage.stack.write(f"events/{number}.json", _event(number, summary=str(width)))
        stage.forget()
        _iterate(stage)
    stage.stack.write(f"erasures/{number}.json", _ERASURE)
    _damage_first_revision(stage, number)
    stage.forget()
    _iterate(stage)
    _expect_invalidation(stage)
    for key in (f"events/{number}.json", unused):
        stage.stack.write(key, None)
    stage.forget()
    _iterate(stage)


def reconcile_in_parallel(stage: Stage) -> None:
    """Restore the same documents twice at a time, so that each finds documents of the other."""
    bucket, pool = stage.stack.site_bucket, ThreadPoolExecutor(2)
    for _ in range(_RACES):
        listed = stage.stack.s3.list_objects_v2(Bucket=bucket, MaxKeys=_LOST)["Contents"]
        lost: list[ObjectIdentifierTypeDef] = [{"Key": item["Key"]} for item in listed]
        stage.stack.s3.delete_objects(Bucket=bucket, Delete={"Objects": lost})
        plan = stage.invoke(RECONCILE, {"task": "plan", "iterations": 1, "wait": 1})
        list(pool.map(partial(_do_work_item, stage), plan["segments"][:1] * 2))


def _iterate(stage: Stage) -> None:
    plan = stage.invoke(RECONCILE, {"task": "plan", "iterations": 1, "wait": 1})
    for work_item in (*plan["parts"], *plan["segments"]):
        _do_work_item(stage, work_item)


def _do_work_item(stage: Stage, work_item: Document) -> None:
    answer = stage.invoke(RECONCILE, work_item)
    counts = answer["counts"]
    if counts["failed"] or counts["quarantined"] or not answer["is_done"]:
        raise RefusedError(str(answer))


SCENARIOS: Mapping[str, Sequence[Scenario]] = {
    hub.ACCEPT: [Scenario(hub.accept)],
    hub.VERIFY: [
        Scenario(hub.subscribe),
        Scenario(hub.unsubscribe),
        Scenario(hub.verify_later),
        Scenario(hub.keep_request),
    ],
    hub.FAN_OUT: [
        Scenario(hub.fan_out),
        Scenario(hub.keep_news),
        Scenario(webhooks.fan_out),
    ],
    hub.DELIVER: [
        Scenario(hub.deliver),
        Scenario(hub.end),
        Scenario(hub.deliver_later),
        Scenario(hub.keep_delivery),
        Scenario(webhooks.deliver),
        Scenario(webhooks.end),
    ],
    RECONCILE: [Scenario(reconcile), Scenario(reconcile_in_parallel)],
    EXPIRE: [Scenario(expire)],
    RELEASE: [Scenario(release)],
    INGEST: [Scenario(record), Scenario(withdraw), Scenario(keep_notification)],
    ANNOUNCE: [Scenario(keep_hub_ping)],
    INVALIDATE: [Scenario(invalidate), Scenario(keep_invalidation)],
    LATER: [
        Scenario(publish_and_withdraw),
        Scenario(partial(remove_overtaken, partition=_RELATED)),
        Scenario(retry_later, ["s3:PutObject"]),
    ],
    PUBLISH: [
        Scenario(publish_and_withdraw),
        Scenario(remove_overtaken),
        Scenario(queue_hub_ping),
        Scenario(webhooks.plan),
        Scenario(queue_invalidation),
        Scenario(retry_later, ["s3:PutObject"]),
        Scenario(give_up, ["s3:PutObject"]),
    ],
}
