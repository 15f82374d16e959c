"""Checks the hash chain of an event: its history, and the record of each revision.

The history begins with the second revision. An event with one revision says the same in its JSON
form.

It trusts only the bytes it reads. It computes the hash of each revision from its record (RFC 8785)
and compares it with the hash that the next revision names. It also derives the history from the
records and the other fields from the history. So it finds one changed byte anywhere in a history
or in the JSON form of a revision.

Of an erased revision the words are gone, so its hash cannot be computed. It is named as erased. Its
hash is still the one that the next revision names.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import Any, NamedTuple
from urllib.parse import unquote

from gazette.models.contract.canonical import sha256_of
from gazette.models.kinds import RULES, RevisionKind
from gazette.models.texts.catalogue import catalogue_of
from gazette_cli.verification.damage import DamagedError, named, read_document, reason_of
from gazette_cli.verification.published_site import UNREADABLE, PublishedSite, is_history

Json = Mapping[str, Any]
_OF_PARTS = frozenset({"revisions", "previous"})
_OF_EVENT = ("id", "event", "title", "url")
_ABSENT = object()
_DAY = re.compile(r"/news/(\d{4})/(\d\d)/(\d\d?)/")


def erased_revisions(site: PublishedSite, address: str) -> Iterator[str]:
    """Yield a line for each revision of a history that its publisher has erased (SPEC V10)."""
    try:
        parts = list(_parts(site, address))
        listed = [one for part in parts for one in part["revisions"]]
        erased = [(one["number"], one["erased"]) for one in listed if "erased" in one]
        lines = [
            f"{parts[-1]['event']}, revision {number}: erased on {why['date']}: {why['reason']}"
            for number, why in erased
        ]
    except UNREADABLE:
        return  # `check_history` says so
    yield from lines


class History(NamedTuple):
    """An event: its id, its id in feeds, its address, and the JSON forms of its revisions.

    ``part`` is the number of revisions in the oldest part of the history, 0 if it is the only one.
    """

    event: str
    tag: str
    url: str
    revisions: Sequence[Json]
    part: int

    @property
    def newest(self) -> datetime:
        return datetime.fromisoformat(self.revisions[-1]["record"]["at"])


def read_history(site: PublishedSite, address: str) -> History:
    """Return an event with its revisions, oldest first.

    Raises:
        ValueError: a document is not as it was published.
        OSError: a document cannot be read.
    """
    parts = list(_parts(site, address))
    listed = [one for part in parts for one in part["revisions"]]
    newest = parts[-1]
    revisions = [read_document(site, one["json"]) for one in listed]
    part = len(parts[0]["revisions"]) if len(parts) > 1 else 0
    return History(newest["event"], newest["id"], newest["url"], revisions, part)


def check_history(site: PublishedSite, address: str) -> Iterator[str]:
    """Yield each problem of a history and its revisions as one line that names the document."""
    try:
        parts = list(_parts(site, address))
        history = {**parts[-1], "revisions": [one for part in parts for one in part["revisions"]]}
        revisions, event = history["revisions"], history["event"]
        names = [(str(listed["json"]), int(listed["number"])) for listed in revisions]
        problems = [*_head_problems(history), *_part_problems(parts, address)]
    except UNREADABLE as error:
        damaged = error.address if isinstance(error, DamagedError) else address
        yield named(damaged, _event_of(site, address), None, reason_of(error))
        return
    yield from (named(address, event, None, problem) for problem in problems)
    for position, (own, number) in enumerate(names):
        try:
            for problem in _problems(read_document(site, own), history, position, address):
                yield named(own, event, number, problem)
        except UNREADABLE as error:
            yield named(own, event, number, reason_of(error))


def _event_of(site: PublishedSite, address: str) -> str | None:
    """Return the event of a history that cannot be read, by its first revision or its own id."""
    first = f"{address.removesuffix('.json').removesuffix('.history')}.r1.json"
    with suppress(*UNREADABLE):
        return str(read_document(site, first)["record"]["id"])
    with suppress(*UNREADABLE):
        return _event_in(read_document(site, address)["id"])
    return None


def _event_of_only(event: Json, record: Json) -> str:
    """Return the event by its id, or by its record if it may have a guid, which is another id."""
    may_have_guid = "guid" in record.get("document", {"guid": None})
    named = None if may_have_guid else _event_in(event["id"])
    return str(named or record["id"])


def _event_in(tag: str) -> str | None:
    """Return the event that an id of this site names; one with a guid has another id."""
    _, is_ours, quoted = tag.partition(":event/")
    return unquote(quoted) if is_ours else None


def _parts(site: PublishedSite, address: str) -> Iterable[Json]:
    """Return the parts of a history, oldest first; each names the one before it.

    Raises:
        ValueError: a part names one that is not older.
    """
    newest = read_document(site, address)
    parts: list[Json] = [newest if is_history(address) else _only_part(site, newest)]
    while previous := parts[-1].get("previous"):
        older = read_document(site, previous)
        if older["revisions"][-1]["number"] >= parts[-1]["revisions"][0]["number"]:
            raise DamagedError(previous, "is no older part of the history")
        parts.append(older)
    return reversed(parts)


def _only_part(site: PublishedSite, event: Json) -> Json:
    """Return what the history of an event with one revision would say."""
    listed = {name: value for name, value in event["changes"][0].items() if name != "current"}
    previous = {"previous_sha256": event["revision"]["previous_sha256"]}
    return {
        "id": event["id"],
        "event": _event_of_only(event, read_document(site, listed["json"])["record"]),
        "title": event["title"],
        "url": event["url"],
        "revisions": [{**listed, **previous}],
    }


def _head_problems(history: Json) -> Iterator[str]:
    """Yield the fields of the event that a history lacks; what they say is compared later."""
    for name in _OF_EVENT:
        if not isinstance(history.get(name), str):
            yield f"has no {name}"


def _part_problems(parts: Sequence[Json], address: str) -> Iterator[str]:
    """Compare the fields of full parts with the history and with each other."""
    base_path = address.removesuffix(".history.json")
    for part in parts[:-1]:
        last = part["revisions"][-1]
        expected = {
            "id": parts[-1]["id"],
            "event": parts[-1]["event"],
            "title": _shown_title(last),
            "url": f"{base_path}.html",
            "current": address,
        }
        found = {name: part[name] for name in part if name not in _OF_PARTS}
        if found != expected:
            differing = sorted(
                name for name in {*found, *expected} if found.get(name) != expected.get(name)
            )
            yield f"its part up to revision {last['number']} has another {', '.join(differing)}"


def _shown_title(listed: Json) -> str:
    kind = RevisionKind.RETRACTION if "erased" in listed else RevisionKind(listed["kind"])
    rules = RULES[kind]
    return f"{rules.label}: {listed['title']}" if rules.withdraws else str(listed["title"])


def _problems(document: Json, history: Json, position: int, address: str) -> Iterator[str]:
    revisions, record = history["revisions"], document["record"]
    listed, before = revisions[position], revisions[position - 1] if position else {}
    erased = {"erased": document["erased"]} if "erased" in document else {}
    computed = document["sha256"] if erased else sha256_of(record)
    if document["sha256"] != computed:
        yield f"its record has the hash {computed}, not {document['sha256']}"
    if erased and "document" in record:
        yield "it is erased, but its record holds the document"
    if record["previous"] != before.get("sha256"):
        yield f"it names {record['previous']} as previous, not {before.get('sha256')}"
    if record["id"] != history["event"]:
        yield f"its record belongs to the event {record['id']}"
    is_current = position + 1 == len(revisions)
    addresses = _addresses(listed, is_current=is_current)
    expected = {**_listing(record, before), **addresses, "sha256": computed, **erased}
    if erased:
        expected |= _erased_words(document["erased"], listed["json"])
    for name in sorted({*listed, *expected}):
        if listed.get(name, _ABSENT) == expected.get(name, _ABSENT):
            continue
        yield f"its {name} is {expected.get(name)}, the history says {listed.get(name)}"
    if document["links"] != _links(revisions, position, address):
        yield "its links do not match the history"


def _listing(record: Json, before: Json) -> Json:
    """Return the history fields of a record. The record of a deletion has no document."""
    kind, document = RevisionKind(record["kind"]), record.get("document", {})
    return {
        "number": record["number"],
        "kind": kind,
        "label": RULES[kind].label,
        "at": record["at"],
        "title": document.get("title", before.get("title")),
        "note": document.get("revision", {}).get("note"),
        "previous_sha256": record["previous"],
    }


def _erased_words(erased: Json, address: str) -> Json:
    """Return what an erased revision says in place of its title and note.

    Its record does not have the date of the event, but its address does.
    """
    year, month, day = map(int, _DAY.findall(address)[-1])
    on = date.fromisoformat(erased["date"])
    texts = catalogue_of("en")
    return {
        "title": texts("erasure.title", date=texts.long_date(date(year, month, day))),
        "note": texts("erasure.note", date=texts.long_date(on), reason=erased["reason"]),
    }


def _addresses(listed: Json, *, is_current: bool) -> Json:
    own = listed["json"].removesuffix(".json")
    shown = own.rpartition(".r")[0] if is_current else own
    return {"json": listed["json"], "url": f"{shown}.html"}


def _links(revisions: Sequence[Json], position: int, address: str) -> Json:
    """Return the expected links of the revision at a position of the history."""
    own = revisions[position]["json"].removesuffix(".json")
    base_path, _, _ = own.rpartition(".r")
    return {
        "self": f"{own}.json",
        "current": f"{base_path}.html",
        "history": address if revisions[position]["number"] > 1 else None,
        "predecessor": revisions[position - 1]["url"] if position else None,
    }
