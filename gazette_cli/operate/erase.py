"""`gazette erase`: take revisions of an event off the site, or put them back.

It writes the erasure document of the event into the source bucket. Gazette reads it as it reads
every other document there, so a rebuild respects it. The versions themselves stay in the bucket.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from gazette.models.characters import one_line
from gazette.models.contract import identity
from gazette.models.contract.erasure import ALL, ErasedRevision
from gazette.models.ledger import keys, partitions
from gazette.models.ledger.snapshot import HeldVersion, Revision, Snapshot
from gazette.models.limits import MAX_LINE_CHARACTERS
from gazette.runtime.bootstrap.clients import utc_now
from gazette_cli.operate import erase_report
from gazette_cli.operate.deployment import Deployment, StackAddress, open_deployment
from gazette_cli.operate.erasures import EraseError, ErasureFile, named, names


class EraseOptions(NamedTuple):
    """The arguments of the command; ``numbers`` is None with ``--all``, or for a whole undo."""

    event_id: str
    numbers: tuple[int, ...] | None
    reason: str = ""
    undo: bool = False


def erase(address: StackAddress, options: EraseOptions) -> int:
    """Erase revisions of an event of a stack, or undo it.

    Raises:
        DeploymentError: the stack cannot be reached.
        EraseError: the event, a revision or the reason is not as it must be.
    """
    with open_deployment(address) as deployment:
        commands = erase_report.Commands(deployment.outputs["SourceBucketName"], address)
        run_erase(deployment, options, commands, utc_now())
    return 0


def run_erase(
    deployment: Deployment, options: EraseOptions, commands: erase_report.Commands, now: datetime
) -> None:
    """Write or remove the erasure document, and print what that means.

    Raises:
        EraseError: the event, a revision or the reason is not as it must be.
    """
    revisions = _revisions(deployment, options.event_id)
    held = _held_version(deployment, options)
    if not revisions and held is None:
        raise EraseError(_why_nothing(options.event_id))
    file = ErasureFile(deployment.s3, commands.bucket, options.event_id)
    if options.undo:
        _undo(file, revisions, options, commands)
        return
    reason = _checked_reason(options.reason)
    stored = file.read()
    wanted: Sequence[ErasedRevision] | str = ALL
    erased: Sequence[Revision] = revisions
    if options.numbers is not None:
        before = file.expand(stored, revisions) if stored else ()
        chosen = map(named, _chosen(revisions, options))
        wanted = listed = list(dict.fromkeys([*before, *chosen]))
        erased = [one for one in revisions if names(listed, one)]
    file.write(wanted, reason, now.date(), stored)
    versions = file.versions(identity.event_key(options.event_id))
    if held:
        erase_report.print_held_back(options.event_id)
    else:
        erase_report.print_erased(options.event_id, erased, revisions, reason)
    if stored and stored.document.reason != reason:
        print(f"The reason of the erasure before was: {stored.document.reason} It is replaced.")
    ids = {one.version_id for one in erased} | ({held.version_id} if held else set())
    erase_report.print_versions(options.event_id, ids, versions, commands)


def _undo(
    file: ErasureFile,
    revisions: Sequence[Revision],
    options: EraseOptions,
    commands: erase_report.Commands,
) -> None:
    """Take all or some revisions out of the erasure document, if S3 still has their versions."""
    stored = file.read()
    if stored is None:
        raise EraseError(
            f"id: nothing of {options.event_id} is erased: {commands.bucket} has no "
            f"{file.key}; check the id"
        )
    listed = file.expand(stored, revisions)
    chosen = revisions if options.numbers is None else _chosen(revisions, options)
    back = [one for one in chosen if names(listed, one)]
    if options.numbers is not None and len(back) < len(chosen):
        missing = _numbers(one for one in chosen if one not in back)
        raise EraseError(f"revisions: {missing} of {options.event_id} is not erased; leave it out")
    kept = {one.version_id for one in file.versions(identity.event_key(options.event_id))}
    lost = [one for one in back if one.version_id not in kept]
    if back and len(lost) == len(back):
        raise EraseError(
            f"revisions: {_numbers(lost)} cannot come back: {commands.bucket} no longer has the "
            f"versions; upload the text again as a new version"
        )
    left = [each for each in listed if not any(names([each], one) for one in back)]
    if options.numbers is None or not left:
        file.remove()
    else:
        file.write(left, stored.document.reason, stored.document.date, stored)
    erase_report.print_undone(options.event_id, back, lost)


def _revisions(deployment: Deployment, event_id: str) -> list[Revision]:
    """Return the revisions of an event, the first one first."""
    items = deployment.ledger.scan(partitions.event_partition(event_id), keys.REVISION)
    return [Revision.model_validate_json(item.payload) for item in items if not item.deleted]


def _held_version(deployment: Deployment, options: EraseOptions) -> HeldVersion | None:
    """Return the version under embargo, which has no number yet, if all versions are meant."""
    item = deployment.ledger.get(keys.snapshot_key(options.event_id))
    held = Snapshot.model_validate_json(item.payload).held if item else None
    if held and options.numbers is not None:
        raise EraseError(
            f"revisions: {options.event_id} is under embargo and has no number yet; use --all"
        )
    return held


def _why_nothing(event_id: str) -> str:
    return (
        f"id: the stack has published no event {event_id}; the id is the object key without "
        f"{identity.EVENTS} and {identity.SUFFIX}, and `gazette held` and `gazette failures` "
        f"list events that are not public"
    )


def _chosen(revisions: Sequence[Revision], options: EraseOptions) -> list[Revision]:
    by_number = {revision.number: revision for revision in revisions}
    numbers = options.numbers or ()
    if not numbers:
        raise EraseError("revisions: none is given; name them with --revisions 1,2 or use --all")
    if unknown := [number for number in numbers if number not in by_number]:
        raise EraseError(
            f"revisions: {options.event_id} has no revision {', '.join(map(str, unknown))}; "
            f"it has {_numbers(revisions)}"
        )
    return [by_number[number] for number in dict.fromkeys(numbers)]


def _checked_reason(text: str) -> str:
    reason = one_line(text)
    if not reason:
        raise EraseError('reason: is empty, and readers see it; give one with --reason "…"')
    if len(reason) > MAX_LINE_CHARACTERS:
        raise EraseError(
            f"reason: has {len(reason):,} characters; shorten it to {MAX_LINE_CHARACTERS:,}"
        )
    return reason


def _numbers(revisions: Iterable[Revision]) -> str:
    return ", ".join(str(revision.number) for revision in revisions)
