"""Erases again what a publisher had erased, so that the documents of the event are the same.

The words of an erased revision are gone. Its number, kind, times, topics and the
slugs of its authors are published. So other
words take their place, and the erasure removes these in turn.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from gazette.models import paths
from gazette.models.contract.document import EventDocument
from gazette.models.contract.identity import erasure_key
from gazette.models.contract.parsing import parse_document
from gazette.models.kinds import RevisionKind
from gazette_cli.engines.acts import Change

Json = Mapping[str, Any]
_DECLARED = {
    kind: str(kind)
    for kind in (
        *(RevisionKind.MINOR, RevisionKind.UPDATE),
        *(RevisionKind.CORRECTION, RevisionKind.RETRACTION),
    )
}


class _Erasure(NamedTuple):
    at: str
    on: str
    reason: str


def placeholder_path(form: Json, base_path: str) -> str:
    """Return the path that an erased revision had, or one in its place if it is gone."""
    record, day = form["record"], _day(base_path)
    if base_path != paths.erased_path(day, record["id"]):
        return base_path
    return paths.erased_path(day, f"{record['id']} {record['number']}")


def placeholder(form: Json, base_path: str, guid: str | None) -> EventDocument | None:
    """Return a document in place of an erased one, None if the revision needs none.

    ``guid`` is that of the event, which an erasure leaves.
    """
    record, category = form["record"], form["category"]
    kind = RevisionKind(record["kind"])
    if kind is RevisionKind.EXPIRED:
        return None
    fields = {
        "title": f"Erased {record['number']}",
        "date": _day(base_path).isoformat(),
        "topics": [topic["label"] for topic in form["topics"]],
        "category": category and category["label"],
        "byline": form.get("authors"),
        "published": form["published"],
        "modified": record["at"],
        "revision": {"kind": _DECLARED[kind], "note": "Erased"} if kind in _DECLARED else None,
        "guid": guid,
    }
    return parse_document(json.dumps(fields).encode())


def _day(base_path: str) -> date:
    return date(*map(int, base_path.split("/")[1:4]))


def erasures(event_id: str, forms: Sequence[Json]) -> Iterator[Change]:
    """Yield the acts that erase the revisions of an event again, the oldest act first.

    A later one leaves what an earlier one has erased, because nobody can read it any more.
    """
    numbers: dict[_Erasure, list[int]] = {}
    for form in forms:
        if erased := form.get("erased"):
            key = _Erasure(erased["at"], erased["date"], erased["reason"])
            numbers.setdefault(key, []).append(form["record"]["number"])
    for erasure, named in sorted(numbers.items()):
        fields = {"revisions": named, "date": erasure.on, "reason": erasure.reason}
        at = datetime.fromisoformat(erasure.at)
        yield Change(at, erasure_key(event_id), json.dumps(fields).encode())
