"""The referee looks at the ground when a race is over, and at all that was shown meanwhile."""

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

from gazette.delivery.s3 import S3SourceArchive
from gazette.delivery.s3_listings import S3SiteListing, S3SourceListing
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey, PartitionKind
from gazette.ports import ObjectVersion
from gazette.runtime.bootstrap import utc_now
from gazette.store.dynamodb import DynamoLedger
from tests.races.ground import Clients, Ground
from tests.unit.publish.worlds import World, without_old_deletions

_VERSION = re.compile(rb"Version (\d+)")


@dataclass(frozen=True, slots=True)
class Referee:
    """Reads a ground."""

    ground: Ground
    clients: Clients

    def site(self) -> dict[str, str]:
        """Return the entity tag of every document."""
        return dict(S3SiteListing(self.clients.s3, self.ground.site_bucket).list_documents())

    def records(self) -> dict[ItemKey, LedgerItem]:
        """Return all that the ledger holds."""
        ledger = DynamoLedger(self.clients.dynamodb, self.ground.table, utc_now)
        item_keys = [
            item_key for page in ledger.list_keys(0, 1, None) for item_key in page.item_keys
        ]
        return {
            record.key: record
            for partition in {item_key.partition for item_key in item_keys}
            for record in ledger.scan(partition)
        }

    def state(self) -> dict[ItemKey, LedgerItem]:
        """Return what the ledger says when the stream has brought every write."""
        ledger = DynamoLedger(self.clients.dynamodb, self.ground.table, utc_now)
        ledger.remove_overtaken(self.records())
        return without_old_deletions(self.records())

    def replay(self, handle: Callable[[World], object] = World.settle) -> World:
        """Do in memory, and one after the other, whatever was written into the source bucket.

        The source bucket does not show which event claimed a path first.
        """
        world = World()
        for item_key, record in self.records().items():
            if item_key.partition.kind is PartitionKind.PATH:
                world.ledger.put(record)
        for key, version, body in self.written():
            world.source._add(key, version, body)
            handle(world)
        return world

    def site_in_order(self) -> dict[str, str]:
        """Return the entity tags that the site should have."""
        return {path: one.etag for path, one in self.replay().store.documents.items()}

    def returned(self) -> set[str]:
        """Return the paths that showed the same bytes again after others.

        What only grows never does: each revision changes its documents.
        """
        shown: defaultdict[str, list[str]] = defaultdict(list)
        pages = self.clients.s3.get_paginator("list_object_versions")
        for page in pages.paginate(Bucket=self.ground.site_bucket):
            for version in page.get("Versions", []):
                shown[version["Key"]].append(version["ETag"])
        return {path for path, etags in shown.items() if _has_returned(etags)}

    def numbers(self, path: str) -> list[int]:
        """Return the highest ``Version n`` that each version of a document names, oldest first."""
        archive = S3SourceArchive(self.clients.s3, self.ground.site_bucket)
        bodies = (archive.read(path, version.version_id) for version in archive.versions(path))
        return [max(map(int, _VERSION.findall(body)), default=0) for body in bodies]

    def wipe_site(self) -> None:
        """Delete every document."""
        for path in self.site():
            self.clients.s3.delete_object(Bucket=self.ground.site_bucket, Key=path)

    def written(self) -> list[tuple[str, ObjectVersion, bytes]]:
        """Return all that was written into the source bucket, by time."""
        archive = S3SourceArchive(self.clients.s3, self.ground.source_bucket)
        listing = S3SourceListing(self.clients.s3, self.ground.source_bucket)
        written = [
            (listed.key, version, _body(archive, listed.key, version))
            for listed in listing.list_version_counts()
            for version in archive.versions(listed.key)
        ]
        # The versions of a key stay in their order, whatever the clock says.
        return sorted(written, key=lambda one: one[1].last_modified)


def _body(archive: S3SourceArchive, key: str, version: ObjectVersion) -> bytes:
    return b"" if version.is_delete_marker else archive.read(key, version.version_id)


def _has_returned(etags: Sequence[str]) -> bool:
    changes = [etag for etag, _ in groupby(etags)]
    return len(changes) != len(set(changes))
