"""Renders the page of an event as it would be after a write, with the real services in memory.

Only this event is there: its earlier versions, its images, and no other events.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime

from gazette.delivery.memory import MemorySiteStore
from gazette.models import paths
from gazette.models.contract.document import EventDocument
from gazette.models.contract.identity import event_id
from gazette.models.contract.parsing import parse_document
from gazette.models.ledger import keys
from gazette.models.ledger.snapshot import Snapshot
from gazette.models.site import Site
from gazette.ports import SourceArchive, UnreadableVersionError
from gazette_cli.console.access import PREFIX, STYLESHEET
from gazette_cli.engines.acts import Change, Pause
from gazette_cli.engines.memory_engine import MemoryEngine

# Links of a page that is shown within another one lead to a new tab.
_HEAD, _NEW_TAB = b"<head>", b'<head>\n<base target="_blank">'


def preview_page(site: Site, archive: SourceArchive, key: str, body: bytes, now: datetime) -> bytes:
    """Return the page of an event after a valid document is written; a held one is released.

    Raises:
        EngineError: it could not be published.
    """
    document = parse_document(body)
    store = MemorySiteStore(Counter())
    engine = MemoryEngine(site, store, Counter())
    for change in _history(archive, key, document):
        engine.apply(change._replace(at=min(change.at, now)))
    engine.apply(Change(now, key, body))
    engine.apply(Pause(max(now, document.published or now)))
    engine.settle()
    item = engine.ledger.get(keys.snapshot_key(event_id(key)))
    revision = Snapshot.model_validate_json(item.payload).revision if item else None
    if revision is None:
        return b""
    page = store.documents.get(f"{revision.entry.base_path}.html")
    return _as_shown(site, page.body) if page else b""


def _as_shown(site: Site, page: bytes) -> bytes:
    """Return a page for a frame: the site may have no stylesheet yet, the console has it."""
    own, here = site.url(paths.STYLESHEET), f"{PREFIX}{STYLESHEET}"
    return page.replace(_HEAD, _NEW_TAB, 1).replace(own.encode(), here.encode(), 1)


def _history(archive: SourceArchive, key: str, document: EventDocument) -> Iterator[Change]:
    """Yield the versions of the event, oldest first, and the images that it names."""
    for named in (*_images(document), key):
        for version in reversed(archive.versions(named)):
            if version.is_delete_marker:
                yield Change(version.last_modified, named, None)
                continue
            with suppress(UnreadableVersionError):
                body = archive.read(named, version.version_id)
                yield Change(version.last_modified, named, body)


def _images(document: EventDocument) -> list[str]:
    files = (document.image, *document.attachments)
    return list(dict.fromkeys(file.key for file in files if file and file.key))
