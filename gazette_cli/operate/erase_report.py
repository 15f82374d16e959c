"""What `gazette erase` prints: what goes, what remains, and how to delete what remains in S3."""

import shlex
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from gazette.models.contract import identity
from gazette.models.frozen import rfc3339
from gazette.models.ledger.snapshot import Revision
from gazette.models.object_version import ObjectVersion
from gazette_cli.operate.deployment import StackAddress


@dataclass(frozen=True, slots=True)
class Commands:
    """Composes commands of the AWS CLI for a stack."""

    bucket: str
    address: StackAddress

    def delete_object(self, key: str, version_id: str | None = None) -> str:
        """Return the command that deletes a version for good, or writes a delete marker."""
        words = ["aws", "s3api", "delete-object", "--bucket", self.bucket, "--key", key]
        words += ["--version-id", version_id] if version_id else []
        words += ["--endpoint-url", self.address.endpoint] if self.address.endpoint else []
        words += ["--region", self.address.region] if self.address.region else []
        return shlex.join(words)


def print_erased(
    event_id: str, erased: Sequence[Revision], revisions: Sequence[Revision], reason: str
) -> None:
    """Print which revisions go, what remains of them, and what still shows their text."""
    print(f"Erased from the site within about a minute, revisions of {event_id}:")
    for revision in erased:
        print(f"  {_named(revision)}")
    print(
        "Title, text, note, difference and image go from every page, feed, history and archive, and"
        "\nso do addresses made from the title. Copies at CloudFront are invalidated."
    )
    print(f"What remains on the site: number, time and hash of each, and the reason: {reason}")
    if erased and erased[-1].number == revisions[-1].number:
        print("The newest revision is among them: the event shows as removed until a later one.")
    for revision in _same_text(erased, revisions):
        print(
            f"Revision {revision.number} has the same text as an erased one, and is not erased. "
            f"Erase it too, or the text stays."
        )


def print_held_back(event_id: str) -> None:
    """Print what becomes of an event that was never public."""
    print(f"{event_id} is under embargo. It is not published as long as this erasure is there, and")
    print("nothing on the site shows that there was such an event, nor the reason.")


def print_versions(
    event_id: str,
    ids: Collection[str],
    versions: Sequence[ObjectVersion],
    commands: Commands,
) -> None:
    """Print which source versions are still in the bucket, and the commands that delete them."""
    kept = [one for one in versions if one.version_id in ids and not one.is_delete_marker]
    if not kept:
        print(f"{commands.bucket} has none of their versions any more.")
        return
    print(f"The source versions are still in {commands.bucket}. Until you delete them, the erasure")
    print("can be undone. These commands delete them for good:")
    key = identity.event_key(event_id)
    if _would_restore(kept, versions):
        print(f"  {commands.delete_object(key)}")
    for version in kept:
        print(f"  {commands.delete_object(key, version.version_id)}")
    if _would_restore(kept, versions):
        print(
            "The first one writes a delete marker. Without it S3 would show the version before, "
            "and\nGazette would publish that again as a new revision."
        )


def print_undone(event_id: str, back: Sequence[Revision], lost: Sequence[Revision]) -> None:
    """Print which revisions come back, and which cannot."""
    if not back:
        print(f"{event_id} was never public. It is published at its release; if that is over, now.")
        return
    print(f"No longer erased, revisions of {event_id}:")
    for revision in back:
        is_lost = revision in lost
        print(f"  {_named(revision)}{': stays erased, its version is deleted' if is_lost else ''}")


def _named(revision: Revision) -> str:
    at = rfc3339(revision.entry.at)
    return f"{revision.number}  {revision.entry.kind}  {at}  sha256 {revision.entry.sha256}"


def _same_text(erased: Sequence[Revision], revisions: Iterable[Revision]) -> list[Revision]:
    """Return revisions that are not erased and show the text of one that is."""
    texts = {one.content_sha256 for one in erased if one.content_sha256}
    return [one for one in revisions if one.content_sha256 in texts and one not in erased]


def _would_restore(kept: Sequence[ObjectVersion], versions: Sequence[ObjectVersion]) -> bool:
    """Return whether S3 would show an older version after the erased ones are deleted."""
    left = [one for one in versions if one not in kept]
    return versions[0] in kept and bool(left) and not left[0].is_delete_marker
