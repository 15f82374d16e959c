"""Imports security advisories in the format of OSV (https://ossf.github.io/osv-schema/).

A withdrawn advisory is a retraction.
"""

import json
import zipfile
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

from gazette.models.contract.decoding import UNPACKING_ERRORS
from gazette.models.contract.tidying import Fields
from gazette.models.limits import MAX_BYLINES, MAX_DOCUMENT_BYTES
from gazette.models.problems.problems import Problem
from gazette_cli.engines.sources import SourceError
from gazette_cli.importers.draft import Draft, Found, ImportOptions, LeftOut
from gazette_cli.importers.html_bodies import text_body
from gazette_cli.importers.ids import id_of_path
from gazette_cli.importers.reading import read_file, read_source_bytes
from gazette_cli.importers.times import moment_of, times

_MAX_FILE_BYTES = 16 * MAX_DOCUMENT_BYTES
_MAX_AFFECTED = 200
_ZIP = b"PK"
# A damaged file; one with a password, or packed in a way that Python lacks (RuntimeError).
_MEMBER_ERRORS = (*UNPACKING_ERRORS, zipfile.BadZipFile, RuntimeError)


def read_advisories(options: ImportOptions) -> Iterator[Found]:
    """Yield the event of each advisory of a file, a folder, or a zip file of advisories.

    Raises:
        SourceError: there is no advisory.
        OSError: the file cannot be read.
    """
    any_found = False
    for name, data in _files(options.source):
        any_found = True
        yield from [data] if isinstance(data, LeftOut) else _advisories(name, data)
    if not any_found:
        raise SourceError(f"{options.source}: contains no *.json; name advisories of OSV")


def _files(source: str) -> Iterator[tuple[str, bytes | LeftOut]]:
    """Yield each file with its name, or why it cannot be read."""
    folder = Path(source)
    if folder.is_dir():
        for file in sorted(folder.rglob("*.json")):
            yield file.relative_to(folder).as_posix(), read_file(file)
        return
    data = read_source_bytes(source).data
    if not data.startswith(_ZIP):
        yield folder.name, data
        return
    try:
        archive = zipfile.ZipFile(BytesIO(data))
    except zipfile.BadZipFile as error:
        raise SourceError(f"{source}: cannot be unpacked: {error}; pack it again") from error
    for member in sorted(archive.namelist()):
        if member.endswith(".json"):
            yield member, _unpacked(archive, member)


def _unpacked(archive: zipfile.ZipFile, member: str) -> bytes | LeftOut:
    """Return a file of a zip file, one byte more than is read of it at most."""
    try:
        with archive.open(member) as stream:
            return stream.read(_MAX_FILE_BYTES + 1)
    except _MEMBER_ERRORS as error:
        reason = f"cannot be unpacked: {error}; unpack it yourself, or pack it again"
        return LeftOut(member, Problem("document", reason))


def _advisories(name: str, data: bytes) -> Iterator[Found]:
    if len(data) > _MAX_FILE_BYTES:
        reason = f"has more than {_MAX_FILE_BYTES:,} bytes; split it"
        yield LeftOut(name, Problem("document", reason))
        return
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        yield LeftOut(name, Problem("document", f"is no JSON: {error}; correct it"))
        return
    listed = found.get("vulns") if isinstance(found, dict) and "vulns" in found else found
    for advisory in listed if isinstance(listed, list) else [listed]:
        yield _found(name, advisory)


def _found(name: str, advisory: Any) -> Found:  # noqa: ANN401  # JSON
    if not isinstance(advisory, dict) or not isinstance(advisory.get("id"), str):
        return LeftOut(name, Problem("id", "is missing; it is no advisory of OSV"))
    label = f"{name} {advisory['id']}"
    modified = moment_of(_text(advisory, "modified"))
    published = moment_of(_text(advisory, "published")) or modified
    if not published:
        return LeftOut(label, Problem("modified", "is missing, or is no time; OSV requires it"))
    packages = list(dict.fromkeys(_packages(advisory)))
    fields: Fields = {
        "title": _text(advisory, "summary") or _first_line(advisory) or advisory["id"],
        **times(published, modified),
        "topics": [*(name for _, name in packages)],
        "category": packages[0][0] if packages else "",
        "body": "\n\n".join(filter(None, (_text(advisory, "details"), *_facts(advisory)))),
        "sources": [{"url": url} for url in dict.fromkeys(_references(advisory))],
        "byline": [*_names(advisory)],
        "language": "en",
        **_withdrawal(advisory),
    }
    return Draft(label, id_of_path(advisory["id"]), fields)


def _first_line(advisory: Mapping[str, Any]) -> str:
    return _text(advisory, "details").strip().partition("\n")[0].strip("# ")


def _packages(advisory: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the ecosystem and the name of each package."""
    for affected in _objects(advisory, "affected"):
        package = affected.get("package")
        if isinstance(package, dict) and _text(package, "name"):
            yield _text(package, "ecosystem"), _text(package, "name")


def _references(advisory: Mapping[str, Any]) -> Iterator[str]:
    found = (_text(reference, "url") for reference in _objects(advisory, "references"))
    yield from filter(None, found)


def _names(advisory: Mapping[str, Any]) -> list[str]:
    """Return who is credited, as many as a byline names."""
    names = (_text(credit, "name") for credit in _objects(advisory, "credits"))
    return list(dict.fromkeys(filter(None, names)))[:MAX_BYLINES]


def _facts(advisory: Mapping[str, Any]) -> Iterator[str]:
    """Yield paragraphs about what an advisory says in fields of its own."""
    aliases = advisory.get("aliases")
    names = [str(alias) for alias in aliases] if isinstance(aliases, list) else []
    if names:
        yield text_body(f"Also known as: {', '.join(names)}")
    affected = [_range(one) for one in _objects(advisory, "affected")[:_MAX_AFFECTED]]
    if any(affected):
        yield text_body("Affected:\n" + "\n".join(dict.fromkeys(filter(None, affected))))
    scores = [_text(one, "score") for one in _objects(advisory, "severity")]
    if any(scores):
        yield text_body(f"Severity: {', '.join(filter(None, scores))}")


def _range(affected: Mapping[str, Any]) -> str:
    """Return a package with the versions between which it is affected."""
    package = affected.get("package")
    name = _text(package, "name") if isinstance(package, dict) else ""
    events = [
        f"{what} {version}"
        for part in _objects(affected, "ranges")
        if part.get("type") != "GIT"
        for event in _objects(part, "events")
        for what, version in event.items()
    ]
    return f"{name}: {', '.join(events)}" if name and events else name


def _withdrawal(advisory: Mapping[str, Any]) -> Fields:
    withdrawn = moment_of(_text(advisory, "withdrawn"))
    if not withdrawn:
        return {}
    note = f"The advisory was withdrawn on {withdrawn.date().isoformat()}."
    return {"revision": {"kind": "retraction", "note": note}}


def _text(of: Mapping[str, Any], name: str) -> str:
    value = of.get(name)
    return value if isinstance(value, str) else ""


def _objects(of: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    value = of.get(name)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
