"""What a stack is there for, done step by step: each scenario needs some permissions of a role."""

import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from gazette.services.retries import MOST_ATTEMPTS
from tests.e2e.stage import INGEST, PUBLISH, Document, RefusedError, Stage, notification
from tests.unit.pictures import picture

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import ObjectIdentifierTypeDef

EXPIRE, RECONCILE = "ExpireEntriesFunction", "ReconcileArchiveFunction"
ANNOUNCE = "AnnounceFeedsFunction"
# Longer than feeds say of an event that it was withdrawn.
_TOMBSTONES = timedelta(days=31)
_LAST_RECEIVE = 5
# Two meet at a document in nearly every race; of so many races in one of them for certain.
_RACES, _LOST = 3, 50


class Scenario(NamedTuple):
    """Something that is done, by a role that may have to lack an action so that it comes up."""

    run: Callable[[Stage], None]
    handicap: Sequence[str] = ()


def _event(number: int, **more: object) -> bytes:
    document = {
        "title": f"Ferry {number} returns",
        "date": f"2026-{number % 12 + 1:02}-{number % 28 + 1:02}",
        "topics": [f"Harbour {number}"],
        "image": {"key": f"images/{number}.png", "alt": "A ferry"},
    }
    return json.dumps({**document, **more}).encode()


def record(stage: Stage) -> None:
    """Have a picture and an event ingested."""
    number = next(stage.numbers)
    stage.stack.write(f"images/{number}.png", picture(4, 3))
    stage.stack.write(f"events/{number}.json", _event(number))
    while stage.ingest():
        pass


def keep_notification(stage: Stage) -> None:
    """Have what could not be read five times put aside."""
    stage.invoke(INGEST, {"Records": [notification("1", "no notification", _LAST_RECEIVE)]})
    if not stage.waiting("IngestDeadLetterQueueUrl"):
        raise RefusedError("the hint is nowhere")


def live(stage: Stage) -> None:
    """Publish an event and its picture; both become something else, and the event goes."""
    number = next(stage.numbers)
    image, event = f"images/{number}.png", f"events/{number}.json"
    correction = {"revision": {"kind": "correction", "note": "Twice."}, "topics": ["Harbour"]}
    writes = (
        # The first is so wide that it has a thumbnail, which goes with it.
        *((image, picture(400, 30)), (event, _event(number))),
        *((event, _event(number, **correction)), (image, picture(4, 3)), (event, None)),
    )
    for key, body in writes:
        stage.stack.write(key, body)
        stage.settle()


def announce(stage: Stage) -> None:
    """Publish an event, and another version of it, of which hubs are to be told."""
    number = next(stage.numbers)
    for summary in ("Soon.", "Now."):
        stage.stack.write(f"events/{number}.json", _event(number, summary=summary))
        stage.settle()
    if not stage.waiting("AnnounceQueueUrl"):
        raise RefusedError("nothing was announced")


def keep_announcement(stage: Stage) -> None:
    """Have what no hub can be told put aside; a hub itself is called without any permission."""
    stage.invoke(ANNOUNCE, {"Records": [notification("1", "no announcement")]})
    if not stage.waiting("AnnounceDeadLetterQueueUrl"):
        raise RefusedError("the announcement is nowhere")


def pass_on(stage: Stage) -> None:
    """Have work that cannot be done now done later."""
    record(stage)
    while stage.publish():
        pass
    if not stage.waiting("PublishRetryQueueUrl"):
        raise RefusedError("the work is nowhere")


def give_up(stage: Stage) -> None:
    """Have work that could not be done six times put aside."""
    retry = {"partition": "SITE#", "sorts": ["REBUILD#EXPIRED"], "attempt": MOST_ATTEMPTS}
    stage.invoke(PUBLISH, {"Records": [notification("1", json.dumps(retry))]})
    if not stage.waiting("PublishDeadLetterQueueUrl"):
        raise RefusedError("the work is nowhere")


def expire(stage: Stage) -> None:
    """Have a tombstone taken out of the feeds when it is old."""
    number = next(stage.numbers)
    for body in (_event(number), None):
        stage.stack.write(f"events/{number}.json", body)
        stage.ingest()
    later = datetime.now(UTC) + _TOMBSTONES
    stage.forget()
    stage.invoke(EXPIRE, {"time": later.isoformat()})
    if not stage.publish():
        raise RefusedError("nothing was told")


def reconcile(stage: Stage) -> None:
    """Have a picture and an event found that nobody told of, and a thumbnail that nobody needs."""
    number = next(stage.numbers)
    for width in (400, 4):
        stage.stack.write(f"images/{number}.png", picture(width, 3))
        stage.stack.write(f"events/{number}.json", _event(number, summary=str(width)))
        stage.forget()
        _iterate(stage)


def reconcile_side_by_side(stage: Stage) -> None:
    """Have two bring back the same documents, so that each finds some written by the other."""
    bucket, related_topics = stage.stack.site_bucket, ThreadPoolExecutor(2)
    for _ in range(_RACES):
        listed = stage.stack.s3.list_objects_v2(Bucket=bucket, MaxKeys=_LOST)["Contents"]
        lost: list[ObjectIdentifierTypeDef] = [{"Key": item["Key"]} for item in listed]
        stage.stack.s3.delete_objects(Bucket=bucket, Delete={"Objects": lost})
        plan = stage.invoke(RECONCILE, {"task": "plan", "iterations": 1, "wait": 1})
        list(related_topics.map(partial(_do_work_item, stage), plan["segments"][:1] * 2))


def _iterate(stage: Stage) -> None:
    plan = stage.invoke(RECONCILE, {"task": "plan", "iterations": 1, "wait": 1})
    for work_item in (*plan["parts"], *plan["segments"]):
        _do_work_item(stage, work_item)


def _do_work_item(stage: Stage, work_item: Document) -> None:
    answer = stage.invoke(RECONCILE, work_item)
    if answer["counts"]["failed"] or not answer["is_done"]:
        raise RefusedError(str(answer))


SCENARIOS: Mapping[str, Sequence[Scenario]] = {
    RECONCILE: [Scenario(reconcile), Scenario(reconcile_side_by_side)],
    EXPIRE: [Scenario(expire)],
    INGEST: [Scenario(record), Scenario(keep_notification)],
    ANNOUNCE: [Scenario(keep_announcement)],
    PUBLISH: [
        Scenario(live),
        Scenario(announce),
        Scenario(pass_on, ["s3:PutObject"]),
        Scenario(give_up, ["s3:PutObject"]),
    ],
}
