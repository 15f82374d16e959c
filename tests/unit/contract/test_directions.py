"""No invisible character turns the text next to it (SPEC X10, case 24)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazette.models.characters import isolate_directions
from gazette.models.contract.parsing import parse_document
from tests.unit.publish.worlds import document_of

MARKS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@pytest.mark.parametrize(
    ("written", "tidied"),
    [
        ("Invoice \u202egnp.exe", "Invoice gnp.exe"),
        ("\u202dgnp\u202c x", "gnp x"),
        ("\u202bab\u202c x", "\u2067ab\u2069 x"),
        ("\u202aab\u202c x", "\u2066ab\u2069 x"),
        ("\u2068ab\u2069 x", "\u2068ab\u2069 x"),
        ("\u2067ab", "ab"),
        ("ab\u2069 c\u202c", "ab c"),
        ("\u2067a\u202bb\u2069c", "\u2067ab\u2069c"),
        ("\u2067a\u202cb\u2069c", "\u2067ab\u2069c"),
        ("\u202ba\u2069b\u202cc", "\u2067ab\u2069c"),
        ("\u200fab", "\u200fab"),
    ],
)
def test_what_turns_a_text_is_isolated_or_taken_out(written: str, tidied: str) -> None:
    assert isolate_directions(written) == tidied


@given(st.text(alphabet=f"ab{MARKS}"))
def test_every_isolate_is_closed_and_no_letter_is_lost(text: str) -> None:
    tidied = isolate_directions(text)
    depth = 0
    for letter in tidied:
        depth += (letter in "\u2066\u2067\u2068") - (letter == "\u2069")
        assert depth >= 0
    assert depth == 0
    assert not set(tidied) & set("\u202a\u202b\u202c\u202d\u202e")
    assert [letter for letter in tidied if letter in "ab"] == [x for x in text if x in "ab"]
    assert isolate_directions(tidied) == tidied


def test_every_text_of_a_document_is_tidied_line_by_line() -> None:
    document = parse_document(
        document_of(
            title="Invoice \u202egnp.exe",
            topics=["Fraud\u2067"],
            body="one \u202etwo\nthree\u202c",
            image={"url": "https://a.example/b.png", "alt": "\u202dA"},
        )
    )
    assert document.title == "Invoice gnp.exe"
    assert document.topics == ("Fraud",)
    assert document.body == "one two\nthree"
    assert document.image is not None
    assert document.image.alt == "A"
