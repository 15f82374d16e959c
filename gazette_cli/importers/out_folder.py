"""The folder that imported events are written to: what earlier imports left there, and new files.

A file is written only if its bytes change. An event whose source gives no later date is a minor
revision (SPEC L2).
"""

import json
from pathlib import Path

from gazette.models.contract.aliases import canonical_alias
from gazette.models.contract.identity import EVENTS, event_key
from gazette.models.contract.tidying import Fields
from gazette.models.problems.problems import Problem
from gazette_cli.importers.documents import written
from gazette_cli.importers.draft import Result

_MINOR = {"kind": "minor"}


class OutFolder:
    """Knows the documents of a folder, and which aliases belong to them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._aliases: dict[str, str] = {}
        for file in sorted((folder / EVENTS).rglob("*.json")):
            name = file.relative_to(folder / EVENTS).as_posix().removesuffix(".json")
            if file.is_file():
                self._claim(name, _read(file).get("aliases"))

    def without_claimed_aliases(
        self, event_id: str, fields: Fields
    ) -> tuple[Fields, list[Problem]]:
        """Leave out the aliases that are those of other documents: they lead to one event."""
        aliases = fields.get("aliases")
        if not isinstance(aliases, list):
            return fields, []
        free, remarks = [], []
        for alias in aliases:
            owner = self._aliases.get(_canonical(str(alias)), event_id)
            if owner == event_id:
                free.append(alias)
            else:
                reason = f"{alias} leads to {event_key(owner)} already (it is left out)"
                remarks.append(Problem("aliases", reason))
        others = {name: value for name, value in fields.items() if name != "aliases"}
        return others | ({"aliases": free} if free else {}), remarks

    def write(self, event_id: str, fields: Fields) -> Result:
        """Write a document unless the one that is there says the same.

        Raises:
            OSError: the file cannot be written.
        """
        file = self.folder / event_key(event_id)
        before = _read(file)
        self._claim(event_id, fields.get("aliases"))
        if before and _without_minor(before) == fields:
            return Result.UNCHANGED
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(written(_as_revision(before, fields)))
        return Result.CHANGED if before else Result.NEW

    def _claim(self, event_id: str, aliases: object) -> None:
        for alias in aliases if isinstance(aliases, list) else ():
            self._aliases.setdefault(_canonical(str(alias)), event_id)


def _read(file: Path) -> Fields:
    """Return the fields of a document, none if there is no such file or it is none."""
    try:
        found = json.loads(file.read_bytes())
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _canonical(alias: str) -> str:
    try:
        return canonical_alias(alias)
    except ValueError:
        return alias


def _without_minor(fields: Fields) -> Fields:
    if fields.get("revision") != _MINOR:
        return fields
    return {name: value for name, value in fields.items() if name != "revision"}


def _as_revision(before: Fields, fields: Fields) -> Fields:
    is_minor = (
        before
        and "revision" not in fields
        and "revision" not in _without_minor(before)
        and before.get("modified") == fields.get("modified")
    )
    return {**fields, "revision": dict(_MINOR)} if is_minor else fields
