"""`gazette verify`: walks a site, and proves or refutes the hash chain of every event.

It trusts nothing but the bytes it reads: the hash of a revision is computed from its record (RFC
8785), each revision names the hash of the one before, and what a document says beside its record
must follow from the history. So one byte changed anywhere in a revision's JSON form is found.
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gazette.models.canonical import sha256_of
from gazette.renderers.json_parts import written
from local.published_site import PublishedSite, open_site
from local.sources import SourceError

BROKEN = 1
Json = Mapping[str, Any]


def verify(site: str) -> int:
    """Verify a folder or an address; return 1 if a chain is broken.

    Raises:
        SourceError: there is no site, or it holds no history.
    """
    histories, problems = 0, 0
    published = open_site(site)
    for address in published.histories():
        histories += 1
        for problem in check_history(published, address):
            problems += 1
            sys.stderr.write(f"{problem}\n")
    if not histories:
        raise SourceError(f"{site}: holds no history of any event")
    sys.stdout.write(f"{histories:,} histories read, {problems:,} problems found\n")
    return BROKEN if problems else 0


def check_history(site: PublishedSite, address: str) -> Iterator[str]:
    """Yield what is wrong with a history and its revisions, a line each, by event and revision."""
    try:
        history = _read(site, address)
        revisions = history["revisions"]
        event = history["event"]
    except (ValueError, KeyError, TypeError, OSError) as error:
        yield f"{address}: cannot be read: {error}"
        return
    for place, listed in enumerate(revisions):
        try:
            document = _read(site, listed["json"])
            for problem in _problems(document, history, revisions, place, address):
                yield f"{event}, revision {listed['number']}: {problem}"
        except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:
            yield f"{event}, revision {listed.get('number')}: cannot be read: {error!r}"


def _read(site: PublishedSite, address: str) -> Json:
    raw = site.read(address)
    document: Json = json.loads(raw)
    if written(dict(document)) != raw:
        raise ValueError("its bytes are not the form it is published in")
    return document


def _problems(
    document: Json, history: Json, revisions: Sequence[Json], place: int, address: str
) -> Iterator[str]:
    listed, record = revisions[place], document["record"]
    before = revisions[place - 1] if place else None
    computed = sha256_of(record)
    if document["sha256"] != computed:
        yield f"its record has the hash {computed}, not {document['sha256']}"
    if listed["sha256"] != computed:
        yield f"its record has the hash {computed}, but the history says {listed['sha256']}"
    previous = before["sha256"] if before else None
    if not record["previous"] == listed["previous_sha256"] == previous:
        yield f"it follows {record['previous']}, but the revision before has the hash {previous}"
    said = {"event": record["id"], **{name: record[name] for name in ("number", "at")}}
    shown = {"event": history["event"], "number": listed["number"], "at": listed["at"]}
    if said != shown:
        yield f"its record says {said}, the history {shown}"
    if document["links"] != _links(revisions, place, address):
        yield "its links do not follow from the history"


def _links(revisions: Sequence[Json], place: int, address: str) -> Json:
    """Return the links a revision must have, by its place in the history."""
    own = revisions[place]["json"].removesuffix(".json")
    stem, _, _ = own.rpartition(".r")
    return {
        "self": f"{own}.json",
        **{extension: f"{own}.{extension}" for extension in ("html", "md", "xml")},
        "current": f"{stem}.html",
        "history": address,
        "predecessor": revisions[place - 1]["url"] if place else None,
        "successor": revisions[place + 1]["url"] if place + 1 < len(revisions) else None,
    }
