"""Reads events/samples: object versions to write, step by step, and what each event then is."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from gazette.models import paths
from gazette.models.contract import identity
from gazette.models.contract.document import EventDocument
from gazette.models.contract.parsing import parse_document
from gazette.models.contract.slugs import topic_slug
from gazette.models.kinds import RULES, RevisionKind
from gazette.models.ledger import keys
from gazette.projections.history.entries import preferred_path
from gazette_cli.emulators.template import ROOT

SAMPLES = ROOT / "events" / "samples"


class Write(NamedTuple):
    """A new version of an object, or its deletion where there is no body."""

    key: str
    body: bytes | None


class Step(NamedTuple):
    """What is written at one time."""

    name: str
    writes: tuple[Write, ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """An event with all its versions so far, oldest first; a deletion is None."""

    event_id: str
    versions: tuple[EventDocument | None, ...]

    @property
    def document(self) -> EventDocument:
        """The newest version that says something."""
        return [version for version in self.versions if version is not None][-1]

    @property
    def kind(self) -> str:
        """What the newest version is: ``deletion``, or the kind of its revision."""
        newest = self.versions[-1]
        if newest is None:
            return "deletion"
        if len(self.versions) == 1:
            return RevisionKind.PUBLICATION.value
        return newest.revision.kind if newest.revision else RevisionKind.UPDATE.value

    @property
    def is_withdrawn(self) -> bool:
        return self.kind == "deletion" or RULES[RevisionKind(self.kind)].withdraws

    @property
    def feeds(self) -> tuple[str, ...]:
        """Stems of the feeds it belongs to, withdrawn or not; the most important topic first."""
        return feeds_of(self.document)

    @property
    def former_feeds(self) -> tuple[str, ...]:
        """Stems of the feeds it has left."""
        ever = {feed for version in self.versions if version for feed in feeds_of(version)}
        return tuple(sorted(ever.difference(self.feeds)))

    @property
    def former_paths(self) -> tuple[str, ...]:
        """Paths it had and has no more."""
        ever = {preferred_path(version): None for version in self.versions if version}
        return tuple(base_path for base_path in ever if base_path != preferred_path(self.document))


def read_steps(folder: Path = SAMPLES) -> list[Step]:
    """Read the first versions in ``source`` and the later ones in ``later/*``, in order."""
    return [_step(folder / "source"), *(_step(later) for later in sorted(folder.glob("later/*")))]


def apply_step(samples: dict[str, Sample], step: Step) -> list[Sample]:
    """Add a step's versions to the samples by event id, and return those that have changed."""
    changed = []
    for write in step.writes:
        if write.key.startswith(identity.EVENTS):
            event_id = identity.event_id(write.key)
            before = samples[event_id].versions if event_id in samples else ()
            document = None if write.body is None else parse_document(write.body)
            samples[event_id] = Sample(event_id, (*before, document))
            changed.append(samples[event_id])
    return changed


def feeds_of(document: EventDocument) -> tuple[str, ...]:
    timelines = [keys.topic_partition(topic_slug(label)) for label in document.topics]
    if document.category:
        timelines.append(keys.category_partition(topic_slug(document.category)))
    folders = map(paths.timeline_folder, timelines or [keys.SITE])
    return tuple(map(paths.feed_path, folders))


def _step(folder: Path) -> Step:
    # Images come first, so that a page shows its picture from the beginning.
    files = [*_files(folder, "images"), *_files(folder, "events")]
    written = [Write(file.relative_to(folder).as_posix(), file.read_bytes()) for file in files]
    return Step(folder.name, (*written, *_deletions(folder / "deleted.txt")))


def _files(folder: Path, top: str) -> Sequence[Path]:
    return sorted(file for file in (folder / top).rglob("*") if file.is_file())


def _deletions(listed: Path) -> list[Write]:
    if not listed.exists():
        return []
    return [Write(key, None) for key in listed.read_text(encoding="utf-8").split()]
