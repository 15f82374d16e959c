"""All payloads of events/, written by ``make events``: ``python -m tests.functions.payloads``.

Keys and tasks are made by the models, so that a change of theirs changes the payloads. The bytes
depend on nothing else.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from gazette.models.contract import identity
from gazette.models.identifiers.slugs import topic_slug
from gazette.models.ledger import keys, partitions
from gazette.models.ledger.keys import ItemKey
from gazette.models.tasks.edge_invalidation import EdgeInvalidation
from gazette.models.tasks.hub_ping import HubPing
from gazette.models.tasks.page_news import PageNews
from gazette.models.tasks.reconciliation import (
    AuditWork,
    Conclusion,
    IngestWork,
    Iteration,
    Plan,
    PublishWork,
    ReconcileCounts,
    Task,
    UnlistedWork,
)
from gazette.models.tasks.retry import Retry, retries_of
from tests.functions.aws_shapes import (
    Change,
    Deletion,
    Payload,
    Queue,
    Removal,
    Upload,
    batch,
    compact,
    s3_record,
    s3_test_event,
    scheduled_event,
    sqs_record,
    stream_record,
)
from tests.functions.hub_payloads import hub_payloads

EVENTS = Path(__file__).parents[2] / "events"
# What `make demo` publishes lies there too.
_SAMPLES = "samples"

RIVER, FOX = "2026/river opens", "2026/ñandú & fox"
MORNING = datetime(2026, 7, 4, 8, 0, tzinfo=UTC)
_A_SECOND = timedelta(seconds=1)
_ERASURE = b'{"revisions": "all", "reason": "By order of a court.", "date": "2026-07-04"}'
_MESSAGES = (
    "19dd0b57-b21e-4ac1-bd88-01bbb068cb78",
    "2e1424d4-f796-459a-8184-9c92662be6da",
    "5d1cbe3c-0b5e-4f52-9a67-1f0a4c1d2e3f",
)
_NOTIFICATIONS = Queue(
    "gazette-ingest", "AIDAIENQZJOLO23YVJ4VO", "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a", _A_SECOND
)
_RETRIES = Queue(
    "gazette-publish-retries",
    "AROAEXAMPLE:gazette-publish-changes",
    "AQEBzWwaftRI0KuVm4tP",
    timedelta(seconds=30),
)
_HUB_PINGS = Queue(
    "gazette-hub-pings",
    "AROAEXAMPLE:gazette-publish-changes",
    "AQEB3LQoW7GQWgodQCEJXHjM",
    timedelta(seconds=60),
)
_INVALIDATIONS = Queue(
    "gazette-invalidate",
    "AROAEXAMPLE:gazette-publish-changes",
    "AQEBvPpxTDWi4M9t3aLqHc2r",
    _A_SECOND,
)


def payloads() -> Mapping[str, Payload]:
    """Return all payloads by their paths in events/."""
    functions = {
        **hub_payloads(),
        "announce_feeds": {"hub_pings": _pings(), "page_news": _page_news()},
        "expire_entries": _expire_entries(),
        "ingest_event": _ingest_event(),
        "invalidate_edge": {"invalidations": _invalidations()},
        "publish_changes": _publish_changes(),
        "publish_later": {"aggregates": _publish_later()},
        "release_due": {"schedule": _release_due()},
        "reconcile_archive": {name: _task(task) for name, task in _tasks().items()},
    }
    return {
        f"{function}/{name}.json": payload
        for function, made in functions.items()
        for name, payload in made.items()
    }


def files_in(folder: Path) -> list[str]:
    """Return the paths of the payloads that lie in a folder like events/."""
    return sorted(
        file.relative_to(folder).as_posix()
        for file in folder.glob("*/*.json")
        if file.parent.name != _SAMPLES
    )


def written(payload: Payload) -> bytes:
    """Write a payload as it lies in its file."""
    return (json.dumps(payload, indent=2, ensure_ascii=False) + "\n").encode()


def write(folder: Path) -> Iterator[str]:
    """Bring a folder like events/ to what is made here, and return what was done to which file."""
    made = payloads()
    for name, payload in made.items():
        file = folder / name
        if not file.exists() or file.read_bytes() != written(payload):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(written(payload))
            yield f"written: {name}"
    for name in set(files_in(folder)) - set(made):
        (folder / name).unlink()
        yield f"removed: {name}"


def _ingest_event() -> Mapping[str, Payload]:
    at, later = MORNING + _A_SECOND, MORNING + timedelta(hours=1) + _A_SECOND
    river = Upload(identity.event_key(RIVER), _document("River opens"))
    fox = Upload(identity.event_key(FOX), _document("Ñandú and fox"), is_multipart=True)
    image = Upload(f"{identity.IMAGES}2026/river.png", b"\x89PNG\r\n\x1a\n")
    erasure = Upload(f"erasures/{RIVER}.json", _ERASURE)
    notifications = [_notification(change, at) for change in (river, fox, river)]
    return {
        "deletion": _brought(_notification(Deletion(river.key), later), sent=later),
        "expired_object": _brought(
            _notification(Deletion(river.key, by_lifecycle=True), later), sent=later
        ),
        "expired_version": _brought(
            _notification(Removal(river.key, by_lifecycle=True), later), sent=later
        ),
        "erasure": _brought(_notification(erasure, at), sent=at),
        "image": _brought(_notification(image, at), sent=at),
        "removed_version": _brought(_notification(Removal(river.key), later), sent=later),
        "s3_put": batch(s3_record(river, at)),
        "s3_test_event": _brought(compact(s3_test_event(MORNING - timedelta(minutes=1))), sent=at),
        "sqs_batch": _brought(*notifications, sent=at),
        "unreadable_message": _brought("Hello from SQS!", notifications[0], sent=at),
    }


def _document(title: str) -> bytes:
    fields = {"title": title, "date": "2026-07-04", "topics": ["Rivers"], "category": "Nature"}
    return json.dumps(fields, ensure_ascii=False).encode()


def _notification(change: Change, at: datetime) -> str:
    return compact(batch(s3_record(change, at)))


def _brought(*bodies: str, sent: datetime) -> Payload:
    messages = zip(_MESSAGES, bodies, strict=False)
    return batch(*(sqs_record(_NOTIFICATIONS, name, body, sent) for name, body in messages))


def _publish_changes() -> Mapping[str, Payload]:
    day = partitions.day_partition(MORNING.date())
    rivers, nature = (
        partitions.topic_partition(topic_slug("Rivers")),
        partitions.category_partition("nature"),
    )
    river, fox = (keys.entry_sort(MORNING, name) for name in (RIVER, FOX))
    first = keys.revision_key(RIVER, 1)
    inserted = [
        first,
        *(ItemKey(partition, river) for partition in (day, partitions.SITE, rivers, nature)),
        keys.revision_key(FOX, 1),
        *(ItemKey(partition, fox) for partition in (rivers, day)),
    ]
    image = keys.image_key(f"{identity.IMAGES}2026/river.png")
    retries = retries_of(first.partition, [first.sort])
    return {
        "stream_batch": batch(*_changes(1, inserted), _change(9, ItemKey(rivers, river), "MODIFY")),
        "image": batch(*_changes(10, [image])),
        "retry": batch(*(_retry(retry) for retry in retries)),
    }


def _publish_later() -> Payload:
    """Return what a day changes on the levels above it."""
    return batch(*_changes(11, _aggregates(partitions.day_partition(MORNING.date()))))


def _page_news() -> Payload:
    """Return what names two changed pages, and a hub ping of the same batch."""
    pages = ("https://gazette.example/news/2026/07/4/river-opens.html",)
    ping = HubPing(hub="https://hub.example/", feed="https://gazette.example/feed.atom")
    others = ("https://gazette.example/news/2026/07/4/fox-seen.html",)
    messages = (PageNews(pages=pages), ping, PageNews(pages=(*pages, *others)))
    bodies = (message.model_dump_json() for message in messages)
    sent = MORNING + 4 * _A_SECOND
    named = zip(_MESSAGES, bodies, strict=True)
    return batch(*(sqs_record(_HUB_PINGS, name, body, sent) for name, body in named))


def _pings() -> Payload:
    """Return what brings two changes of one feed, and one of them for another hub too."""
    feed = "https://gazette.example/topics/rivers/feed.atom"
    hubs = ("https://hub.example/", "https://hub.example/", "https://other.example/push")
    bodies = (HubPing(hub=hub, feed=feed).model_dump_json() for hub in hubs)
    sent = MORNING + 4 * _A_SECOND
    messages = zip(_MESSAGES, bodies, strict=True)
    return batch(*(sqs_record(_HUB_PINGS, name, body, sent) for name, body in messages))


def _invalidations() -> Payload:
    """Return what brings two invalidations, which have one path in common."""
    names = ("river-opens.r1", "river-opens.r2", "ñandú.r1")
    first, second, third = (f"news/2026/07/4/{name}.html" for name in names)
    wanted = (EdgeInvalidation(paths=paths) for paths in ((first, second), (second, third)))
    sent = MORNING + 4 * _A_SECOND
    messages = zip(_MESSAGES, wanted, strict=False)
    return batch(
        *(sqs_record(_INVALIDATIONS, name, one.model_dump_json(), sent) for name, one in messages)
    )


def _aggregates(below: partitions.Partition) -> Iterator[ItemKey]:
    while item_key := keys.aggregate_key(below):
        yield item_key
        below = item_key.partition


def _changes(first: int, item_keys: Iterable[ItemKey]) -> Iterator[Payload]:
    return (_change(number, position) for number, position in enumerate(item_keys, first))


def _change(number: int, item_key: ItemKey, event_name: str = "INSERT") -> Payload:
    # The numbers of one partition rise, and leave gaps.
    return stream_record(item_key, 10**20 + 7 * number, event_name, MORNING + 3 * _A_SECOND)


def _retry(retry: Retry) -> Payload:
    sent = MORNING + 10 * _A_SECOND
    message = "8f1c0a52-5b7e-4f5e-9d3b-2f1d3c4b5a69"
    return sqs_record(_RETRIES, message, retry.model_dump_json(), sent)


def _expire_entries() -> Mapping[str, Payload]:
    """Return what brings the first hour in which the tombstones of 4 July are too old."""
    first_hour = datetime(2026, 8, 4, 0, 7, tzinfo=UTC)
    return {"schedule": scheduled_event("gazette-ExpireEntriesFunctionHourly", first_hour)}


def _release_due() -> Payload:
    """Return what brings the minute of noon on 4 July."""
    return scheduled_event("gazette-ReleaseDueFunctionEachMinute", MORNING + timedelta(hours=4))


def _tasks() -> Mapping[str, Task]:
    """Return what the state machine hands out, as statemachines/ composes it."""
    ingest, publish = IngestWork(), PublishWork(segment=0, segments=1)
    return {
        "plan": Plan(),
        "ingest": IngestWork(
            after=identity.event_key("2025/zebra"),
            counts=ReconcileCounts(keys=5000, missing=1, revisions=1),
        ),
        "unlisted": UnlistedWork(segment=0, segments=1),
        "publish": publish,
        "audit": AuditWork(),
        "conclude": Conclusion(state=_iteration(ingest, publish)),
    }


def _iteration(ingest: IngestWork, publish: PublishWork) -> Iteration:
    ingested = ReconcileCounts(keys=45, missing=2, revisions=3)
    published = ReconcileCounts(tasks=430, documents_written=12, documents_unchanged=1019)
    return Iteration(
        iterations=2,
        wait=60,
        parts=(ingest,),
        segments=(publish, AuditWork()),
        ingested=(ingest.model_copy(update={"is_done": True, "counts": ingested}),),
        published=(
            publish.model_copy(update={"is_done": True, "counts": published}),
            AuditWork(
                is_done=True,
                orphans=("topics/nobodys/index.html",),
                counts=ReconcileCounts(audited=983, orphans=1),
            ),
        ),
    )


def _task(task: Task) -> Payload:
    handed_out: Payload = task.model_dump(mode="json")
    return handed_out


if __name__ == "__main__":
    for reported in write(EVENTS):
        print(reported)  # noqa: T201  # a command says what it did
