"""No bytes break the parser, and no text breaks a document (SPEC X1, X2)."""

import json

from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree
from pydantic import JsonValue

from gazette.models.contract.canonical import document_form, sha256_of
from gazette.models.contract.document import EventDocument
from gazette.models.contract.parsing import InvalidEventError, parse_document
from tests.unit.publish.worlds import World, hours

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=30)
ANY_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | ANY_TEXT
    | st.sampled_from((2**53, "")),
    lambda children: st.lists(children) | st.dictionaries(ANY_TEXT, children),
    max_leaves=8,
)
FIELDS = (*EventDocument.model_fields, "url", "key", "alt", "kind", "note", "extra")
ALMOST = st.dictionaries(st.sampled_from(FIELDS), ANY_JSON).map(
    lambda fields: {"title": "A", "date": "2026-07-04"} | fields
)


def parsed(raw: bytes) -> EventDocument | None:
    try:
        return parse_document(raw)
    except InvalidEventError as error:
        problems = error.problems
    assert problems
    assert all(problem.field and problem.reason for problem in problems)
    return None


@given(st.binary())
@example(b"[" * 100_000)
@example(b'{"title":"A","date":"2026-07-04","x":' + b"9" * 5000 + b"}")
def test_any_bytes_are_a_document_or_an_invalid_event(raw: bytes) -> None:
    assert parsed(raw) is None or raw.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")


@given(ANY_JSON | ALMOST | st.dictionaries(st.sampled_from(FIELDS), ANY_JSON))
def test_any_json_is_a_document_or_an_invalid_event(value: JsonValue) -> None:
    raw = json.dumps(value).encode()
    document = parsed(raw)
    if document is not None:
        assert len(sha256_of(document_form(document))) == 64
        assert parsed(raw) == document


@given(ALMOST)
def test_the_json_form_of_a_document_has_all_its_fields(value: dict[str, JsonValue]) -> None:
    document = parsed(json.dumps(value).encode())
    if document is None:
        return
    form = json.loads(json.dumps(document_form(document)))
    assert form == document_form(document)
    assert form.get("extra", {}) == (document.model_extra or {})


# With a letter, because an empty title is refused.
LINE = st.builds("{}a{}".format, ANY_TEXT, ANY_TEXT)
MARKDOWN = st.builds(
    "{}{}{}".format,
    ANY_TEXT,
    st.sampled_from(("", "]]>", "<script>", "<p>&nbsp;", "* [a](https://a.example/\x00)", "&#0;")),
    ANY_TEXT,
)


@given(line=LINE, markdown=MARKDOWN, note=LINE)
@settings(max_examples=settings().max_examples // 2)
def test_any_text_in_every_field_publishes_well_formed_documents(
    line: str, markdown: str, note: str
) -> None:
    world = World()
    world.put("good", hours(0), title="Good", topics=["Foxes"])
    fields = {
        "title": line,
        "topics": ["Foxes", line],
        "category": line,
        "summary": note,
        "body": markdown,
        "byline": line,
        "slug": line,
        "sources": [{"url": "https://a.example/", "title": line, "publisher": line}],
        "image": {"url": "https://a.example/a.png", "alt": line, "credit": line},
        f"x-{line}": note,
    }
    name = line.encode(errors="replace").decode()
    world.put(name, hours(1), **fields)
    world.put(name, hours(2), **fields | {"title": f"Moved {line}"})
    world.put(name + "2", hours(3), **fields)
    world.put(name + "2", hours(4), **fields | {"revision": {"kind": "retraction", "note": note}})
    ingested, published = world.settle()
    assert ingested.quarantined == []
    assert published.conflicts == 0
    site = world.site()
    assert "topics/foxes/feed.atom" in site
    for path, body in site.items():
        if path.endswith((".xml", ".atom", ".rss")):
            assert etree.fromstring(body) is not None
            assert body.startswith(b"<?xml")
        elif path.endswith(".json"):
            assert isinstance(json.loads(body), dict)
        elif not path.endswith((".ico", ".png")):
            assert body.decode()
