"""Publishes the content of a source bucket with the memory engine."""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from gazette.models.site import Site
from gazette_cli.emulators.stack import Stack
from gazette_cli.engines.acts import Change
from gazette_cli.engines.directory_site import DirectorySiteStore
from gazette_cli.engines.engine import TAG_AUTHORITY
from gazette_cli.engines.memory_engine import MemoryEngine
from tests.e2e.user import User
from tests.stack.engines import applied, digests_of


def published_here(user: User, folder: Path, title: str) -> Mapping[str, str]:
    """Return the digests of the site with this title and the address of the stack."""
    site = Site(
        base_url=user.output("SiteAddress"),
        tag_authority=TAG_AUTHORITY,
        title=title,
        description="Events, with every correction as visible as the news.",
        author="Gazette",
    )
    engine = MemoryEngine(site, DirectorySiteStore(folder / "site", Counter()), Counter())
    versions = sorted(_versions(user.stack), key=lambda change: change.at)
    return digests_of(applied(engine, versions, folder / "site"))


def _versions(stack: Stack) -> Iterator[Change]:
    bucket = stack.source_bucket
    for page in stack.s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        for marker in page.get("DeleteMarkers", []):
            yield Change(marker["LastModified"], marker["Key"], None)
        for version in page.get("Versions", []):
            key, version_id = version["Key"], version["VersionId"]
            found = stack.s3.get_object(Bucket=bucket, Key=key, VersionId=version_id)
            yield Change(version["LastModified"], key, found["Body"].read())
