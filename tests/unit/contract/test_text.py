import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazette.models.characters import drop_unprintable, one_line, shorten

ANY_CODE_POINT = st.text(st.characters(exclude_categories=()))
# XML 1.0 §2.2.
XML = re.compile("[\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*")


@given(ANY_CODE_POINT)
def test_any_text_is_reduced_to_the_characters_of_xml(text: str) -> None:
    kept = drop_unprintable(text)
    assert XML.fullmatch(kept)
    assert kept.encode().decode() == kept
    assert [c for c in text if XML.fullmatch(c) and not is_forbidden_in_html(c)] == list(kept)


def is_forbidden_in_html(character: str) -> bool:
    """Distinguish controls that are no space, and noncharacters (infra.spec.whatwg.org)."""
    code = ord(character)
    is_noncharacter = 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE
    return 0x7F <= code <= 0x9F or is_noncharacter


@pytest.mark.parametrize(
    "bad",
    [
        *("\x00", "\x08", "\x0b", "\x1b", "\x1f", "\ud800", "\ufffe"),
        *("\x7f", "\x80", "\x85", "\x9b", "\x9f", "\ufdd0", "\ufdef", "\U0001fffe", "\U0010ffff"),
    ],
)
def test_an_unprintable_character_is_dropped(bad: str) -> None:
    assert drop_unprintable(f"a{bad}b") == "ab"


def test_lines_are_folded() -> None:
    assert one_line(" a\n\t b\u00a0\u2028c ") == "a b c"


def test_a_long_text_is_cut_at_a_word() -> None:
    assert shorten("The river is open.", 18) == "The river is open."
    assert shorten("The river is open.", 14) == "The river is…"
    assert shorten("The river, it opens", 12) == "The river…"
    assert shorten("x" * 20, 10) == "x" * 9 + "…"
    assert shorten("a " + "x" * 20, 10) == "a xxxxxxx…"


@given(st.text(), st.integers(2, 50))
def test_a_shortened_text_is_never_longer_than_its_limit(text: str, limit: int) -> None:
    assert len(shorten(text, limit)) <= limit
