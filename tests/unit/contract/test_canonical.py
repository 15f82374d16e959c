import json

import fastjsonschema
import pytest
from pydantic import JsonValue

from gazette.models.contract.canonical import document_form, sha256_of
from gazette.models.contract.document import EventDocument
from gazette.models.contract.parsing import parse_document
from gazette.models.contract.schema import contract_schema

FULL = {
    "title": "River opens",
    "date": "2026-07-04",
    "topics": ["Rivers"],
    "summary": "The river is open.",
    "sources": [
        {"url": "https://a.example/1", "published": "2026-07-03"},
        {"url": "https://a.example/2", "published": "2026-07-03T08:00:00.5+02:00"},
    ],
    "image": {"key": "images/a.png", "alt": "A river"},
    "published": "2026-07-04T10:00:00+02:00",
    "revision": {"kind": "minor"},
    "place": {"lat": 1.5, "open": True, "name": None},
    "extra": [1],
}


def form_of(**fields: object) -> dict[str, object]:
    return dict(document_form(parse_document(json.dumps(fields).encode())))


def test_a_document_has_one_form_with_what_is_unknown_under_extra() -> None:
    assert form_of(**FULL) == {
        "title": "River opens",
        "date": "2026-07-04",
        "topics": ["Rivers"],
        "summary": "The river is open.",
        "sources": [
            {"url": "https://a.example/1", "published": "2026-07-03"},
            {"url": "https://a.example/2", "published": "2026-07-03T06:00:00Z"},
        ],
        "image": {"key": "images/a.png", "alt": "A river"},
        "published": "2026-07-04T08:00:00Z",
        "revision": {"kind": "minor"},
        "extra": {"place": {"lat": 1.5, "open": True, "name": None}, "extra": [1]},
    }


def test_an_absent_field_is_left_out_in_every_way_of_writing_it() -> None:
    least = form_of(title="A", date="2026-07-04")
    assert least == {"title": "A", "date": "2026-07-04"}
    assert least == form_of(title="A", date="2026-07-04", topics=[], body="", image=None)


def test_a_value_the_contract_does_not_hold_is_an_error_of_ours() -> None:
    class Odd(EventDocument):
        size: bytes = b""

    with pytest.raises(TypeError, match="a contract holds no bytes"):
        document_form(Odd.model_validate({"title": "A", "date": "2026-07-04"}, strict=False))


def test_a_hash_does_not_depend_on_the_order_of_names() -> None:
    one: dict[str, JsonValue] = {"a": 1, "b": {"c": 2, "d": 3.0}}
    other: dict[str, JsonValue] = {"b": {"d": 3, "c": 2}, "a": 1.0}
    assert sha256_of(one) == sha256_of(other)
    assert sha256_of(one) != sha256_of({**one, "a": 2})
    assert len(sha256_of(one)) == 64


def test_a_hash_is_that_of_rfc_8785() -> None:
    """SHA-256 of ``{"a":"ö","b":1}``, as any other implementation has it."""
    expected = "cd13bdb8216a1f04307e12f9a3cfd071fb528db8ef7aa6bee016bd91717acf82"
    assert sha256_of({"b": 1.0, "a": "ö"}) == expected


def test_the_contract_is_a_json_schema_that_takes_what_the_model_takes() -> None:
    schema = json.loads(contract_schema("https://gazette.example/schemas/event.json"))
    assert schema["$id"] == "https://gazette.example/schemas/event.json"
    validate = fastjsonschema.compile(schema)
    assert validate(FULL) == FULL
    with pytest.raises(fastjsonschema.JsonSchemaValueException, match=r"must contain .'date'."):
        validate({"title": "A"})
