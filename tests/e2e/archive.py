"""Publishes the content of a source bucket with the memory engine."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

from gazette.models.site import Site
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
    versions = sorted(_versions(user, folder), key=lambda change: change.at)
    return digests_of(applied(engine, versions, folder / "site"))


def _versions(user: User, folder: Path) -> Iterator[Change]:
    bucket = user.output("SourceBucketName")
    listed = user.ask("s3api", "list-object-versions", "--bucket", bucket)
    for marker in listed.get("DeleteMarkers", []):
        yield Change(datetime.fromisoformat(marker["LastModified"]), marker["Key"], None)
    for version in listed["Versions"]:
        file = folder / "version.json"
        named = ("--key", version["Key"], "--version-id", version["VersionId"])
        user.aws("s3api", "get-object", "--bucket", bucket, *named, file)
        at = datetime.fromisoformat(version["LastModified"])
        yield Change(at, version["Key"], file.read_bytes())
