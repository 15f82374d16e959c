"""The referee checks the table and the buckets after a race, with all their versions."""

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

from gazette.delivery.s3 import S3SourceArchive
from gazette.delivery.s3_listings import S3SiteListing, S3SourceListing
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import PartitionKind
from gazette.models.object_version import ObjectVersion
from gazette.models.site import Site
from gazette.runtime.bootstrap.clients import utc_now
from gazette.store.dynamodb import DynamoLedger
from tests.races.ground import Clients, Ground
from tests.unit.publish.worlds import SITE, World, without_old_deletions

_VERSION = re.compile(rb"Version (\d+)")


@dataclass(frozen=True, slots=True)
class Referee:
    """Reads a ground."""

    ground: Ground
    clients: Clients

    def site(self) -> dict[str, str]:
        """Return the ETag of every document."""
        return dict(S3SiteListing(self.clients.s3, self.ground.site_bucket).list_documents())

    def records(self) -> dict[ItemKey, LedgerItem]:
        """Return all items of the ledger."""
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

    def replay(self, handle: Callable[[World], object] = World.settle, site: Site = SITE) -> World:
        """Do in memory, and one after the other, whatever was written into the source bucket.

        The source bucket does not show which event claimed a path first, so the claims are copied.
        """
        world = World(site)
        for item_key, record in self.records().items():
            if item_key.partition.kind is PartitionKind.PATH:
                world.ledger.put(record)
        for key, version, body in self.written():
            world.source.copy_version(key, version, body)
            handle(world)
        return world

    def site_in_order(self, site: Site = SITE) -> dict[str, str]:
        """Return the entity tags that the site should have."""
        return {path: one.etag for path, one in self.replay(site=site).store.documents.items()}

    def returned(self) -> set[str]:
        """Return the paths that had the same bytes again after other bytes.

        Where every revision changes the documents, no path does this.
        """
        return {path for path, etags in self._shown().items() if _has_returned(etags)}

    def written_twice(self) -> int:
        """Return how many documents were written with bytes that they had had before."""
        return sum(len(etags) - len(set(etags)) for etags in self._shown().values())

    def _shown(self) -> dict[str, list[str]]:
        """Return the entity tags that each path had one after the other, the newest first."""
        shown: defaultdict[str, list[str]] = defaultdict(list)
        pages = self.clients.s3.get_paginator("list_object_versions")
        for page in pages.paginate(Bucket=self.ground.site_bucket):
            for version in page.get("Versions", []):
                shown[version["Key"]].append(version["ETag"])
        return shown

    def numbers(self, path: str) -> list[int]:
        """Return the highest ``Version n`` in each version of a document, oldest first."""
        archive = S3SourceArchive(self.clients.s3, self.ground.site_bucket)
        bodies = (
            archive.read(path, version.version_id) for version in reversed(archive.versions(path))
        )
        return [max(map(int, _VERSION.findall(body)), default=0) for body in bodies]

    def wipe_site(self) -> None:
        """Delete every document."""
        for path in self.site():
            self.clients.s3.delete_object(Bucket=self.ground.site_bucket, Key=path)

    def written(self) -> list[tuple[str, ObjectVersion, bytes]]:
        """Return all versions of the source bucket by time."""
        archive = S3SourceArchive(self.clients.s3, self.ground.source_bucket)
        listing = S3SourceListing(self.clients.s3, self.ground.source_bucket)
        written = [
            (listed.key, version, _body(archive, listed.key, version))
            for listed in listing.list_versions()
            for version in reversed(archive.versions(listed.key))
        ]
        # The sort is stable, so the versions of a key keep their order in any case.
        return sorted(written, key=lambda one: one[1].last_modified)


def _body(archive: S3SourceArchive, key: str, version: ObjectVersion) -> bytes:
    return b"" if version.is_delete_marker else archive.read(key, version.version_id)


def _has_returned(etags: Sequence[str]) -> bool:
    changes = [etag for etag, _ in groupby(etags)]
    return len(changes) != len(set(changes))
