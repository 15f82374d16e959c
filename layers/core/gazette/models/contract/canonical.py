"""Canonical JSON (RFC 8785) and its hashes."""

import hashlib
from datetime import date, datetime

import rfc8785
from pydantic import BaseModel, JsonValue

from gazette.models.contract.document import EventDocument
from gazette.models.frozen import rfc3339


def document_form(document: EventDocument) -> dict[str, JsonValue]:
    """Return a document as JSON values; unknown fields are under ``extra``."""
    return _fields(document)


def _fields(part: BaseModel) -> dict[str, JsonValue]:
    known = {name: _form(getattr(part, name)) for name in type(part).model_fields}
    form: dict[str, JsonValue] = {
        name: item for name, item in known.items() if item not in (None, [], {})
    }
    if part.model_extra:
        form["extra"] = dict(part.model_extra)
    return form


def _form(value: object) -> JsonValue:
    if isinstance(value, BaseModel):
        return _fields(value)
    if isinstance(value, tuple):
        return [_form(item) for item in value]
    return _scalar(value)


def _scalar(value: object) -> JsonValue:
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, str | int | float):
        return value
    reason = f"a contract holds no {type(value).__name__}"
    raise TypeError(reason)


def sha256_of(value: JsonValue) -> str:
    """Hash a JSON value in its canonical form; 64 hexadecimal digits."""
    return hashlib.sha256(rfc8785.dumps(value)).hexdigest()
