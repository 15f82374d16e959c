"""Imports a table: a row is an event, and its columns are fields by their names or by `--map`."""

import csv
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from io import StringIO

from gazette.models.contract.document import EventDocument
from gazette.models.contract.tidying import Fields
from gazette.models.problems.messages import did_you_mean
from gazette.models.problems.problems import Problem
from gazette_cli.engines.sources import SourceError
from gazette_cli.importers.draft import Draft, Found, ImportOptions, LeftOut
from gazette_cli.importers.ids import id_of_guid, id_of_key, id_of_path
from gazette_cli.importers.reading import read_source_bytes
from gazette_cli.importers.times import at_midnight, in_utc_if_naive, moment_of, times

_SEVERAL = re.compile(r"\s*[;|\n]\s*")
_WORDS = re.compile(r"[\s;|]+")
_DELIMITERS = ",;\t|"
_MAX_CELL_BYTES = 4 * 1024 * 1024
_TIMES = ("date", "published", "modified")
_LISTS = ("topics", "byline", "aliases", "translations")
# Besides the fields of the contract, an id, and parts of an image.
COLUMNS = (*EventDocument.model_fields, "id", "image.alt", "image.credit")
_NOT_IN_TABLES = frozenset({"revision", "attachments"})
_KEYS = ("id", "guid", "slug", "aliases")


def read_table(options: ImportOptions) -> Iterator[Found]:
    """Yield the event of each row.

    Raises:
        SourceError: it is no table, or no column names its rows.
        OSError: the file cannot be read.
    """
    try:
        text = read_source_bytes(options.source).data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceError(f"{options.source}: is not in UTF-8; save it as CSV in UTF-8") from error
    csv.field_size_limit(_MAX_CELL_BYTES)
    first_line = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first_line.count)
    rows = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
    try:
        header = next(rows, [])
        columns = _columns(header, options)
        for number, row in enumerate(rows, start=2):
            if any(cell.strip() for cell in row):
                yield _found(f"row {number}", _cells(header, row, columns), options.date_format)
    except csv.Error as error:
        raise SourceError(f"{options.source}: line {rows.line_num}: {error}; correct it") from error


def _columns(header: list[str], options: ImportOptions) -> dict[str, str]:
    """Return the column of each field.

    Raises:
        SourceError: a column or a field does not exist, or no field names a row.
    """
    names = {name.strip().lower(): name for name in header}
    found = {field: names[field] for field in COLUMNS if field in names}
    for field, column in options.columns.items():
        if column.strip().lower() not in names:
            meant = did_you_mean(column, header) or f"it has {', '.join(header)}"
            raise SourceError(f"{options.source}: has no column {column}; {meant}")
        found[field] = names[column.strip().lower()]
    if not any(key in found for key in _KEYS):
        reason = "no column names a row for ever; write --map id=COLUMN (or guid, slug, aliases)"
        raise SourceError(f"{options.source}: {reason}")
    return found


def _cells(header: list[str], row: list[str], columns: Mapping[str, str]) -> dict[str, str]:
    cells = dict(zip(header, row, strict=False))
    found = {field: cells.get(column, "").strip() for field, column in columns.items()}
    return {field: text for field, text in found.items() if text}


def _found(label: str, cells: Mapping[str, str], date_format: str | None) -> Found:
    key = next((name for name in _KEYS if name in cells), None)
    if key is None:
        return LeftOut(label, Problem("id", "is blank; write one that never changes"))
    label = f"{label} {cells[key]}"
    moments: dict[str, datetime | None] = {}
    for name in _TIMES:
        moments[name] = _moment(cells.get(name, ""), date_format)
        if name in cells and not moments[name]:
            reason = f"{cells[name]} is no day such as 2026-03-04; write --date-format %d.%m.%Y"
            return LeftOut(label, Problem(name, reason))
    day = moments["date"] or moments["published"] or moments["modified"]
    if not day:
        return LeftOut(label, Problem("date", "is blank; write a day such as 2026-03-04"))
    published = moments["published"] or at_midnight(day.date())
    fields: Fields = {
        **{name: text for name, text in cells.items() if name in EventDocument.model_fields},
        **times(published, moments["modified"], day.date()),
        **{name: list(_several(cells[name])) for name in _LISTS if name in cells},
        "sources": [{"url": url} for url in _WORDS.split(cells.get("sources", "")) if url],
        "image": _image(cells),
    }
    return Draft(label, _id(key, cells[key]), fields)


def _id(key: str, value: str) -> str:
    if key == "guid":
        return id_of_guid(value)
    return id_of_path(value) if key in {"id", "slug"} else id_of_key(value)


def _several(text: str) -> Iterator[str]:
    yield from dict.fromkeys(filter(None, _SEVERAL.split(text)))


def _moment(text: str, date_format: str | None) -> datetime | None:
    if not date_format or not text:
        return moment_of(text)
    try:
        return in_utc_if_naive(datetime.strptime(text, date_format))  # noqa: DTZ007  # the next call adds it
    except ValueError:
        return moment_of(text)


def _image(cells: Mapping[str, str]) -> Fields:
    where = cells.get("image", "")
    if not where:
        return {}
    address = "url" if "://" in where else "key"
    credit = {"credit": cells["image.credit"]} if "image.credit" in cells else {}
    alt = cells.get("image.alt") or cells.get("title") or where
    return {address: where, "alt": alt, **credit}
