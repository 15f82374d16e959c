"""A world in which publishers erase, and the search for words that are to be gone."""

import json
from datetime import datetime

from gazette.models.contract.identity import erasure_key
from gazette.models.tasks.reports import IngestReport
from gazette.services.ingest.ingest import Ingestor
from tests.property.test_event_history import CrashError, Mortal
from tests.unit.publish.worlds import World


def erase(world: World, name: str, at: datetime, revisions: object, **fields: object) -> None:
    document = {"revisions": revisions, "reason": "Personal data."} | fields
    put_erasure(world, name, at, json.dumps(document).encode())


def put_erasure(world: World, name: str, at: datetime, raw: bytes) -> None:
    world.last_upload = max(world.last_upload, at)
    world.source.put(erasure_key(name), raw, at)


def undo(world: World, name: str, at: datetime) -> None:
    world.last_upload = max(world.last_upload, at)
    world.source.delete(erasure_key(name), at)


def ingest_erasure(world: World, name: str) -> IngestReport:
    report = IngestReport()
    world.ingestor.ingest(erasure_key(name), report)
    return report


def dies_after(writes: int, world: World) -> bool:
    """Ingest an event in a run that dies after so many writes; return whether it did."""
    ingestor = Ingestor(world.source, Mortal(world, writes, late=False), world.clock)
    try:
        ingestor.ingest(erasure_key("a"), IngestReport())
    except CrashError:
        return True
    return False


def worded(word: str) -> dict[str, object]:
    """Return the fields of a document in which everything that a publisher writes has a word."""
    return {
        "title": f"{word}title of it",
        "topics": ["Alpha", "Beta"],
        "category": "Gamma",
        "summary": f"{word}summary",
        "body": f"{word}body",
        "byline": f"{word} byline",
        "sources": [{"url": f"https://example.org/{word}", "title": f"{word}source"}],
        "image": {"url": f"https://example.org/{word}.png", "alt": f"{word}alt"},
        "unknown": f"{word}extra",
        "revision": {"kind": "correction", "note": f"{word}note"},
    }


def places_of(world: World, word: str) -> list[str]:
    """Return the documents, their paths, and the payloads of the ledger that hold a word.

    The ledger keeps the slug of an author, which names time lines and which no document shows.
    """
    site = [
        path
        for path, body in world.site().items()
        if word in path or word in body.decode(errors="ignore")
    ]
    items = {
        key: item.payload.replace(f"{word}-byline", "") for key, item in world.records().items()
    }
    return [*site, *(str(key) for key, payload in items.items() if word in payload)]
