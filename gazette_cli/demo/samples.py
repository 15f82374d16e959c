"""Reads events/samples: the object versions of each scene and the state of each event after it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from gazette.models import paths
from gazette.models.contract import identity
from gazette.models.contract.document import EventDocument
from gazette.models.contract.parsing import parse_document
from gazette.models.identifiers.slugs import topic_slug
from gazette.models.kinds import RULES, RevisionKind
from gazette.models.ledger import partitions
from gazette.projections.history.entries import preferred_path
from gazette_cli.emulators.template import ROOT

SAMPLES = ROOT / "events" / "samples"


class Write(NamedTuple):
    """A new version of an object, or its deletion if the body is None."""

    key: str
    body: bytes | None


class Scene(NamedTuple):
    """Versions that are written at the same time."""

    name: str
    writes: tuple[Write, ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """An event and its versions so far, oldest first. A deletion is None."""

    event_id: str
    versions: tuple[EventDocument | None, ...]

    @property
    def document(self) -> EventDocument:
        """The newest version that is not a deletion."""
        return [version for version in self.versions if version is not None][-1]

    @property
    def kind(self) -> str:
        """The kind of the newest version: ``deletion`` or a revision kind."""
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
        """Base paths of its feeds, withdrawn or not; the most important topic first."""
        return feeds_of(self.document)

    @property
    def former_feeds(self) -> tuple[str, ...]:
        """Base paths of the feeds it has left."""
        ever = {feed for version in self.versions if version for feed in feeds_of(version)}
        return tuple(sorted(ever.difference(self.feeds)))

    @property
    def former_paths(self) -> tuple[str, ...]:
        """Base paths of its earlier addresses."""
        ever = {preferred_path(version): None for version in self.versions if version}
        return tuple(base_path for base_path in ever if base_path != preferred_path(self.document))


def read_scenes(folder: Path = SAMPLES) -> list[Scene]:
    """Read the first versions from ``source`` and the later ones from ``later/*``, in order."""
    return [_scene(folder / "source"), *(_scene(later) for later in sorted(folder.glob("later/*")))]


def apply_scene(samples: dict[str, Sample], scene: Scene) -> list[Sample]:
    """Add the versions of a scene to the samples by event id, and return the changed samples."""
    changed = []
    for write in scene.writes:
        if write.key.startswith(identity.EVENTS):
            event_id = identity.event_id(write.key)
            before = samples[event_id].versions if event_id in samples else ()
            document = None if write.body is None else parse_document(write.body)
            samples[event_id] = Sample(event_id, (*before, document))
            changed.append(samples[event_id])
    return changed


def feeds_of(document: EventDocument) -> tuple[str, ...]:
    timelines = [partitions.topic_partition(topic_slug(label)) for label in document.topics]
    if document.category:
        timelines.append(partitions.category_partition(topic_slug(document.category)))
    folders = map(paths.timeline_folder, timelines or [partitions.SITE])
    return tuple(map(paths.feed_path, folders))


def _scene(folder: Path) -> Scene:
    # Images come first, so that a page shows its image from the beginning.
    files = [*_files(folder, "images"), *_files(folder, "events")]
    written = [Write(file.relative_to(folder).as_posix(), file.read_bytes()) for file in files]
    return Scene(folder.name, (*written, *_deletions(folder / "deleted.txt")))


def _files(folder: Path, top: str) -> Sequence[Path]:
    return sorted(file for file in (folder / top).rglob("*") if file.is_file())


def _deletions(listed: Path) -> list[Write]:
    if not listed.exists():
        return []
    return [Write(key, None) for key in listed.read_text(encoding="utf-8").split()]
