"""`gazette put` and `gazette retract`: write to a stack, and wait until readers see it."""

import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from gazette.models import paths
from gazette.models.contract import identity
from gazette.models.contract.parsing import parse_document, read_object
from gazette.models.ledger import partitions
from gazette.models.ledger.snapshot import Revision
from gazette.models.problems.problems import InvalidEventError
from gazette.models.site import encoded_path
from gazette_cli.operate.deployment import Deployment, StackAddress, open_deployment
from gazette_cli.writing.uploads import (
    Outcome,
    Outcomes,
    Result,
    Upload,
    Uploader,
    UploadError,
    check,
    key_of,
)

QUARANTINED = 1
_SECONDS_TO_PUBLISH = 120
_POLL_SECONDS = 0.1


class PutOptions(NamedTuple):
    """The arguments of the command; ``key`` is that of the only file, if it is given."""

    files: Sequence[Path]
    key: str | None = None
    is_waiting: bool = True
    as_json: bool = False


class _Written(NamedTuple):
    upload: Upload
    at: float


@dataclass(frozen=True, slots=True)
class Times:
    """The clock of the command, in seconds, and how it waits between two questions."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


def put(address: StackAddress, options: PutOptions) -> int:
    """Write files to a stack; return `QUARANTINED` if one is not published.

    Raises:
        DeploymentError: the stack cannot be reached.
        UploadError: a file is not as it must be, and none was written; or nothing became of one.
    """
    bodies = read_files(options)
    with open_deployment(address) as deployment:
        return put_bodies(deployment, bodies, options)


def read_files(options: PutOptions) -> dict[str, bytes]:
    """Read the files by their keys, and print remarks about them.

    Raises:
        UploadError: a file would not be published, or cannot be read.
    """
    if options.key is not None and len(options.files) != 1:
        raise UploadError("--key names the key of one file; give one file with it")
    bodies: dict[str, bytes] = {}
    for file in options.files:
        key = options.key or key_of(file)
        bodies[key] = file.read_bytes()
        for remark in check(key, bodies[key]):
            sys.stderr.write(f"remark {key}: {remark}\n")
    return bodies


def retract(address: StackAddress, event_id: str, note: str, *, as_json: bool) -> int:
    """Write a version of an event that retracts it.

    Raises:
        DeploymentError: the stack cannot be reached.
        UploadError: there is no such event, or the note is missing.
    """
    with open_deployment(address) as deployment:
        bodies = {identity.event_key(event_id): retraction(deployment, event_id, note)}
        return put_bodies(deployment, bodies, PutOptions((), as_json=as_json))


def retraction(deployment: Deployment, event_id: str, note: str) -> bytes:
    """Return the current document of an event, with a note that retracts it.

    Raises:
        UploadError: there is no document, or it cannot be retracted with this note.
    """
    body = Uploader(deployment).read_current(event_id)
    try:
        fields = read_object(body) | {"revision": {"kind": "retraction", "note": note}}
        fields.pop("modified", None)
        written = (json.dumps(fields, indent=2, ensure_ascii=False) + "\n").encode()
        parse_document(written)
    except InvalidEventError as error:
        raise UploadError(f"{identity.event_key(event_id)}: {error}") from error
    return written


def put_bodies(
    deployment: Deployment,
    bodies: dict[str, bytes],
    options: PutOptions,
    times: Times = Times(),  # it is immutable
) -> int:
    """Write documents to a stack, other files first, and print what became of each.

    Raises:
        UploadError: nothing became of one in time.
    """
    uploader = Uploader(deployment)
    in_order = sorted(bodies, key=lambda key: not identity.is_file_key(key))
    written = [_Written(uploader.upload(key, bodies[key]), times.now()) for key in in_order]
    if not options.is_waiting:
        lines = [f"{one.upload.key}: version {one.upload.version.version_id}" for one in written]
        sys.stdout.write("\n".join(lines) + "\n")
        return 0
    found = list(_results(deployment, written, times))
    if options.as_json:
        shapes = [_shape(deployment, *one) for one in found]
        sys.stdout.write(json.dumps({"written": shapes}, indent=2, ensure_ascii=False) + "\n")
    is_bad = any(result.outcome is Outcome.QUARANTINED for _, result, _ in found)
    for one in () if options.as_json else found:
        sys.stdout.write("\n".join(_lines(deployment, *one)) + "\n")
    return QUARANTINED if is_bad else 0


def _results(
    deployment: Deployment, written: Sequence[_Written], times: Times
) -> Iterator[tuple[str, Result, float]]:
    """Yield the key of each upload, what became of it, and after how many seconds."""
    outcomes = Outcomes(deployment)
    for upload, at in written:
        while (result := outcomes.find(upload)) is None:
            if times.now() - at > _SECONDS_TO_PUBLISH:
                raise UploadError(
                    f"{upload.key}: is written, but not published after {_SECONDS_TO_PUBLISH} s;"
                    " `gazette failures` lists what failed, and why"
                )
            times.sleep(_POLL_SECONDS)
        yield upload.key, result, times.now() - at


def _shape(deployment: Deployment, key: str, result: Result, seconds: float) -> dict[str, object]:
    revision = result.revision
    shape: dict[str, object] = {"key": key, "outcome": result.outcome.value}
    if revision:
        shape |= {
            "revision": revision.number,
            "kind": revision.entry.kind.value,
            "url": _page(deployment, revision),
            "feeds": list(feed_addresses(deployment, revision)),
        }
    reason = {"reason": result.reason} if result.reason else {}
    return {**shape, **reason, "seconds": round(seconds, 2)}


def _lines(deployment: Deployment, key: str, result: Result, seconds: float) -> Iterator[str]:
    revision = result.revision
    if revision is None:
        yield f"{key}: {result.outcome} {result.reason}".rstrip()
        return
    if result.outcome is Outcome.UNCHANGED:
        yield f"{key}: nothing new; revision {revision.number} stays"
    else:
        kind = f"{revision.entry.kind.value}, revision {revision.number}"
        yield f"{key}: {kind}, published after {seconds:.1f} s"
    yield f"  {_page(deployment, revision)}"
    yield from (f"  {feed}" for feed in feed_addresses(deployment, revision))


def _page(deployment: Deployment, revision: Revision) -> str:
    """Return the address of the page; the difference that a change made has a place there."""
    address = address_of(deployment, f"{revision.entry.base_path}.html")
    has_difference = revision.number > 1 and not revision.withdraws
    return f"{address}#difference" if has_difference else address


def feed_addresses(deployment: Deployment, revision: Revision) -> Iterator[str]:
    """Yield the addresses of the feeds that list an event: the site's, and those of its topics."""
    topics = (partitions.topic_partition(topic.slug) for topic in revision.entry.topics)
    for partition in (partitions.SITE, *topics):
        path = paths.feed_path(paths.timeline_folder(partition))
        yield address_of(deployment, f"{path}.atom")


def address_of(deployment: Deployment, path: str) -> str:
    """Return the address of a path of the site of a stack."""
    return f"{deployment.outputs['SiteAddress'].rstrip('/')}/{encoded_path(path)}"
