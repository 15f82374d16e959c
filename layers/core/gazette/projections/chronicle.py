"""The chronicle of an event: a fold over the versions of its object.

Each step takes the head and one version, and returns the next head and the records that bring the
ledger there. The result depends on the versions alone, however many are taken at once; so a retry,
a rebuild and a late notification end in the same records.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from pydantic import JsonValue

from gazette.models import keys, paths
from gazette.models.canonical import document_form, sha256_of
from gazette.models.document import EventDocument
from gazette.models.entry import Entry, Head, QuarantinedVersion, Revision
from gazette.models.frozen import rfc3339, to_utc_seconds
from gazette.models.identity import event_key
from gazette.models.keys import Place
from gazette.models.kinds import RULES, RevisionKind
from gazette.models.page import FieldChange
from gazette.models.parsing import Problem
from gazette.models.record import Record
from gazette.projections.announcements import news_time
from gazette.projections.differences import differences
from gazette.projections.entries import Facts, make_entry
from gazette.projections.pictures import image_key_of
from gazette.projections.tombstones import tombstone_places, tombstone_records
from gazette.projections.updates import update_records

# Related events are those beside an event on the time lines of so many of its topics.
NEAR_TOPICS = 3
# Of a difference only the words are kept, and they do not depend on addresses.
_NO_BASE = "https://localhost"


class Step(NamedTuple):
    """The head after a version, and the records that bring the ledger there, in this order."""

    head: Head
    records: tuple[Record, ...]


def is_compared(head: Head, document: EventDocument) -> bool:
    """Say whether readers are told what a version changes: then the one before is needed."""
    if head.revision is None or head.revision.is_withdrawn:
        return False
    rules = RULES[_kind(head, document, sha256_of(document_form(document)))]
    return rules.in_updates and not rules.withdraws


def take_revision(  # noqa: PLR0913  # a version by its facts, its path, and the version before it
    head: Head,
    document: EventDocument,
    version_id: str,
    last_modified: datetime,
    stem: str,
    *,
    before: EventDocument | None = None,
) -> Step:
    """Take a version that keeps the contract; ``stem`` is the path claimed for it.

    ``before`` is what the last revision published, where `is_compared` says that it is needed.
    """
    stored_at = to_utc_seconds(last_modified)
    at = min(document.modified or stored_at, stored_at)  # no date in the future (SPEC X8)
    published = min(document.published or head.first_published or at, stored_at)
    form = document_form(document)
    content_sha256 = sha256_of(form)
    kind = _kind(head, document, content_sha256)
    sha256 = sha256_of(_link(head, kind, at) | {"document": form})
    last = head.revision.entry if head.revision else None
    facts = Facts(
        event_id=head.event_id,
        number=head.versions + 1,
        kind=kind,
        at=at,
        published=published,
        updated=_updated(head, kind, at, published),
        news_at=news_time(last, kind, published if last is None else at, stored_at),
        stem=stem,
        first_stem=last.first_stem if last else stem,
        predecessor_stem=paths.revision_stem(last.stem, last.number) if last else None,
        sha256=sha256,
    )
    entry = make_entry(document, facts)
    changes = differences(before, document, _NO_BASE)
    return _take(head, entry, version_id, content_sha256, stored_at, changes=changes)


def take_deletion(head: Head, version_id: str, last_modified: datetime) -> Step:
    """Take a delete marker: a retraction without a note, where something is live (SPEC T7).

    Either way a bad version that waited for a good one waits no more.
    """
    if head.revision is None or head.revision.is_withdrawn:
        number = head.versions + 1
        after = head.model_copy(update={"versions": number, "quarantined": None})
        return Step(after, tuple(_healing(head, number)))
    at = to_utc_seconds(last_modified)
    last = head.revision.entry
    entry = last.model_copy(
        update={
            "number": head.versions + 1,
            "kind": RevisionKind.RETRACTION,
            "note": None,
            "at": at,
            "updated": max(at, last.updated),
            "news_at": at,
            "predecessor_stem": paths.revision_stem(last.stem, last.number),
            "sha256": sha256_of(_link(head, RevisionKind.RETRACTION, at)),
        },
    )
    return _take(head, entry, version_id, None, at)


def take_quarantined(
    head: Head, version_id: str, last_modified: datetime, problems: tuple[Problem, ...]
) -> Step:
    """Take a version that breaks the contract: it is put on record; what was published stays."""
    number = head.versions + 1
    key = event_key(head.event_id)
    record = quarantine_record(key, number, problems, version_id, last_modified)
    return Step(head.model_copy(update={"versions": number, "quarantined": number}), (record,))


def quarantine_record(
    key: str,
    number: int,
    problems: tuple[Problem, ...],
    version_id: str,
    at: datetime,
) -> Record:
    """Put a bad version of any key on record."""
    payload = QuarantinedVersion(key=key, version_id=version_id, at=at, problems=problems)
    return Record(keys.quarantine_place(key), number, payload.model_dump_json())


def healed_record(key: str, number: int) -> Record:
    """Take a key out of quarantine."""
    return Record(keys.quarantine_place(key), number, "{}", gone=True)


def head_record(head: Head) -> Record:
    """Return the record that says all others are written; it goes last."""
    return Record(keys.head_place(head.event_id), head.versions, head.model_dump_json())


def _kind(head: Head, document: EventDocument, content_sha256: str) -> RevisionKind:
    declared = RevisionKind(document.revision.kind) if document.revision else None
    if declared is RevisionKind.RETRACTION:
        return declared
    if head.revision is None:
        return RevisionKind.PUBLICATION
    if declared is None and content_sha256 == head.revision.content_sha256:
        return RevisionKind.MINOR  # the same bytes uploaded again are no news
    return declared or RevisionKind.UPDATE


def _updated(head: Head, kind: RevisionKind, at: datetime, published: datetime) -> datetime:
    before = head.revision.entry.updated if head.revision else published
    return max(before, published, at) if RULES[kind].is_significant else max(before, published)


def _link(head: Head, kind: RevisionKind, at: datetime) -> dict[str, JsonValue]:
    return {
        "id": head.event_id,
        "number": head.versions + 1,
        "kind": str(kind),
        "at": rfc3339(at),
        "previous": head.revision.entry.sha256 if head.revision else None,
    }


def _take(  # noqa: PLR0913  # private: what the ways to take a version have in common
    head: Head,
    entry: Entry,
    version_id: str,
    content_sha256: str | None,
    stored_at: datetime,
    *,
    changes: tuple[FieldChange, ...] = (),
) -> Step:
    revision = Revision(
        version_id=version_id,
        entry=entry.without_body(),
        former_stems=_former_stems(head, entry.stem),
        previous_sha256=head.revision.entry.sha256 if head.revision else None,
        content_sha256=content_sha256,
    )
    live = () if revision.is_withdrawn else _places(entry)
    tombstones = tombstone_places(head, stored_at) if revision.is_withdrawn else ()
    records = (
        *_image_uses(head, entry, is_shown=not revision.is_withdrawn),
        _revision_record(revision),
        # What is written next makes the pages anew that link to the feeds of these.
        *update_records(head, entry, live or tombstones, changes),
        *_arrivals(entry, live),
        *_departures(head, entry, live),
        *tombstone_records(head, entry, tombstones),
        *_healing(head, entry.number),
    )
    after = Head(
        event_id=head.event_id,
        versions=entry.number,
        revision=revision,
        first_published=head.first_published or entry.published,
        live=live,
        tombstones=tombstones,
    )
    return Step(after, records)


def _revision_record(revision: Revision) -> Record:
    place = keys.revision_place(revision.entry.event_id, revision.number)
    return Record(place, revision.number, revision.model_dump_json())


def _former_stems(head: Head, stem: str) -> tuple[str, ...]:
    if head.revision is None:
        return ()
    before = (*head.revision.former_stems, head.revision.entry.stem)
    return tuple(former for former in dict.fromkeys(before) if former != stem)


def _places(entry: Entry) -> tuple[Place, ...]:
    sort = keys.entry_sort(entry.published, entry.event_id)
    partitions = [keys.day_partition(entry.date), keys.SITE]
    partitions += [keys.topic_partition(topic.slug) for topic in entry.topics]
    partitions += [keys.category_partition(entry.category.slug)] if entry.category else []
    partitions += [keys.near_partition(topic.slug) for topic in entry.topics[:NEAR_TOPICS]]
    told = [other for other in entry.translations if other != entry.event_id]
    return (
        *(Place(partition, sort) for partition in partitions),
        *(keys.translation_place(other, entry.event_id) for other in told),
    )


def _arrivals(entry: Entry, live: tuple[Place, ...]) -> Iterator[Record]:
    forms = {
        keys.PartitionKind.DAY: entry.without_body().model_dump_json(),
        keys.PartitionKind.NEAR: entry.as_neighbour().model_dump_json(),
        keys.PartitionKind.EVENT: entry.as_neighbour().model_dump_json(),
    }
    full = entry.model_dump_json()
    for place in live:
        yield Record(place, entry.number, forms.get(place.partition.kind, full))


def _departures(head: Head, entry: Entry, live: tuple[Place, ...]) -> Iterator[Record]:
    """Mark the places the event leaves; what it was there is kept, with what took it away."""
    if head.revision is None:
        return
    left = {name: getattr(entry, name) for name in ("number", "kind", "note", "at", "news_at")}
    payload = head.revision.entry.model_copy(update=left).model_dump_json()
    for place in head.live:
        if place not in live:
            yield Record(place, entry.number, payload, gone=True)


def _image_uses(head: Head, entry: Entry, *, is_shown: bool) -> Iterator[Record]:
    """Say beside an image that the event shows it, or no more.

    It goes before the revision: an image that comes after the page was made then finds the event
    here, and one that came before is found by the page. The other way round both could miss.
    """
    last = head.revision
    before = image_key_of(last.entry) if last and not last.is_withdrawn else None
    after = image_key_of(entry) if is_shown else None
    if after:
        yield Record(keys.image_use_place(after, entry.event_id), entry.number, "{}")
    if before and before != after:
        yield Record(keys.image_use_place(before, entry.event_id), entry.number, "{}", gone=True)


def _healing(head: Head, number: int) -> Iterator[Record]:
    if head.quarantined is not None:
        yield healed_record(event_key(head.event_id), number)
