"""Publishes a site again from the records of its revisions, to compare it with the published one.

The site is a function of its revisions and the time. So every byte of every document is compared:
pages and revisions in all formats, feeds with their archives, histories, lists, sitemaps. The bytes
of an image are what they are; they count by the size and the thumbnails that documents show.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from itertools import zip_longest

from gazette.models.branding.brand import Brand
from gazette.models.branding.static_files import static_path
from gazette.models.contract.document import EventDocument
from gazette.models.contract.identity import is_image_key, is_static_key
from gazette.models.product import TOMBSTONE_DAYS
from gazette.models.site import Site
from gazette.projections.history.linked_images import linked_images
from gazette_cli.engines.acts import Change, Pause
from gazette_cli.engines.memory_engine import MemoryEngine
from gazette_cli.verification.damage import named
from gazette_cli.verification.differences import ShownRevision, describe, describe_image
from gazette_cli.verification.document_comparison import DocumentComparison
from gazette_cli.verification.erased_revisions import erasures
from gazette_cli.verification.hash_chain import History, read_history
from gazette_cli.verification.progress import Progress
from gazette_cli.verification.published_images import published_images
from gazette_cli.verification.published_site import UNREADABLE, PublishedSite
from gazette_cli.verification.recorded_events import (
    DifferentRecordError,
    record_event,
    recorded_revisions,
)
from gazette_cli.verification.site_settings import settings_of
from gazette_cli.verification.verifying_engine import VerifyingEngine

_NEWS = "news/"


class Comparison:
    """Compares a site whose hash chains are right with what its records say.

    ``tombstone_days`` is the setting of the site that no document says. ``jobs`` is the number of
    processes that render and compare next to this one.
    """

    def __init__(
        self,
        site: PublishedSite,
        progress: Progress,
        tombstone_days: int = TOMBSTONE_DAYS,
        jobs: int = 0,
    ) -> None:
        self._site = site
        self._tombstone_days = tombstone_days
        self._progress = progress
        self._jobs = jobs
        self._equal: set[str] = set()
        self._different: set[str] = set()
        self._bases: dict[str, ShownRevision] = {}
        self._documents: list[tuple[str, EventDocument | None]] = []

    @property
    def compared(self) -> int:
        return len(self._equal) + len(self._different)

    def problems(self, addresses: Sequence[str], now: datetime) -> Iterator[str]:
        """Yield a line for each document that is different, missing or belongs to no event.

        A document may depend on the time. It is right if it is that of the newest revision, or
        that of ``now``.
        """
        histories = [read_history(self._site, address) for address in addresses]
        settings = settings_of(self._site, histories)
        settings = replace(settings, tombstone_days=self._tombstone_days)
        documents = DocumentComparison(
            self._site, settings, self._jobs, lambda: self._progress.count("documents compared")
        )
        engine = VerifyingEngine(settings, documents)
        newest = max(history.newest for history in histories)
        engine.apply(Pause(newest))
        yield from self._records(engine, settings, histories)
        self._add_icon(engine, settings.brand, newest)
        untried: set[str] = set()
        for image in published_images(self._site, self._shown_by(settings.brand)):
            engine.apply(Change(newest, image.key, image.body))
            untried.update(image.untried)
            if image.problem:
                yield describe_image(image, self._shown_by(settings.brand), self._bases)
        _erase(engine, histories)
        engine.settle()
        documents.finish()
        if documents.differences:
            engine.apply(Pause(now))
            engine.settle()
            documents.finish()
        self._equal, self._different = documents.equal, set(documents.differences)
        for path, difference in sorted(documents.differences.items()):
            if path in untried:
                continue
            yield describe(path, difference, self._bases)
        yield from self._unknown()

    def _records(
        self, engine: MemoryEngine, settings: Site, histories: Sequence[History]
    ) -> Iterator[str]:
        """Record each event as its history says; yield a line for each record that is different."""
        for history in histories:
            try:
                self._add(engine, settings, history)
            except DifferentRecordError as error:
                form = next(
                    one for one in history.revisions if one["record"]["number"] == error.number
                )
                yield named(form["links"]["self"], history.event, error.number, str(error))

    def _add(self, engine: MemoryEngine, settings: Site, history: History) -> None:
        revisions = recorded_revisions(history, settings.base_url)
        record_event(engine.ledger, history.event, revisions)
        for revision in revisions:
            shown = ShownRevision(history.event, revisions[-1].number)
            self._bases[revision.base_path] = shown
            self._documents.append((revision.base_path, revision.document))

    def _add_icon(self, engine: MemoryEngine, brand: Brand, newest: datetime) -> None:
        """Add the icon if it is a file of the publisher: its bytes are in `/favicon.ico` too."""
        if is_static_key(brand.icon):
            with suppress(*UNREADABLE):
                body = self._site.read_path(static_path(brand.icon))
                engine.apply(Change(newest, brand.icon, body))

    def _shown_by(self, brand: Brand) -> dict[str, list[str]]:
        """Return the base paths of the events that name each image, by its key, newest first.

        The pages of all events show those of the brand, and none says what they are.
        """
        keys: dict[str, list[str]] = {
            key: [] for key in (brand.logo, brand.logo_dark, brand.icon) if is_image_key(key)
        }
        for base_path, document in reversed(self._documents):
            if document is not None:
                for key in linked_images(document, base_path):
                    keys.setdefault(key, []).append(base_path)
            if document is not None and document.image and document.image.key:
                keys.setdefault(document.image.key, []).append(base_path)
        return keys

    def _unknown(self) -> Iterator[str]:
        for path in self._site.paths_below(_NEWS) or ():
            if path not in self._equal and path not in self._different:
                yield f"{path}: belongs to no event"


def _erase(engine: MemoryEngine, histories: Sequence[History]) -> None:
    """Erase what each history says, the first erasures of all events first."""
    acts = [erasures(history.event, history.revisions) for history in histories]
    for together in zip_longest(*acts):
        for act in filter(None, together):
            engine.apply(act)
        engine.settle()
