from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazette.models.contract.document import EventDocument
from gazette.models.views.diff import DiffRun, FieldChange
from gazette.projections.diff.fields import OTHER, differences
from gazette.projections.markup.body import body_html, plain_text
from tests.unit.pages.revision_examples import deleted, inserted, kept

BASE = "https://gazette.example/news/x.html"
WORDS = st.sampled_from(["river", "opens", "the", "of", "swimmers,", "years.", "نهر", "漢字", "ที่นี่"])
SENTENCES = st.lists(WORDS, min_size=1, max_size=12).map(" ".join)
BODIES = st.lists(SENTENCES, max_size=8).map("\n\n".join)


def document(**fields: object) -> EventDocument:
    return EventDocument.model_validate({"title": "River", "date": date(2026, 7, 4), **fields})


def changes(before: dict[str, object], after: dict[str, object]) -> tuple[FieldChange, ...]:
    return differences(document(**before), document(**after), BASE)


def runs(before: str, after: str) -> list[tuple[DiffRun, ...]]:
    """Return the paragraphs of the difference of two bodies."""
    (change,) = changes({"body": before}, {"body": after})
    assert change.label == "Text"
    return list(change.paragraphs)


def text(change: FieldChange, without: str) -> str:
    paragraphs = (
        "".join(run.text for run in paragraph if run.kind.value != without)
        for paragraph in change.paragraphs
    )
    return "\n\n".join(filter(None, paragraphs))


def shown(body: str) -> str:
    return plain_text(body_html(body, BASE))


@given(BODIES, BODIES)
def test_kept_and_inserted_runs_are_the_new_text_and_the_others_the_old(
    before: str, after: str
) -> None:
    found = changes({"body": before}, {"body": after})
    assert found == changes({"body": before}, {"body": after})
    if shown(before) == shown(after):
        assert found in {(), (OTHER,)}
    else:
        assert text(found[0], without="deleted") == shown(after)
        assert text(found[0], without="inserted") == shown(before)
        assert all(run.text for paragraph in found[0].paragraphs for run in paragraph)


@given(st.text(), st.text())
def test_any_two_texts_can_be_compared(before: str, after: str) -> None:
    for change in changes({"body": before}, {"body": after}):
        if change.label == "Text":
            assert text(change, without="deleted") == shown(after)
            assert text(change, without="inserted") == shown(before)


@given(BODIES)
def test_equal_documents_do_not_differ(body: str) -> None:
    assert changes({"body": body}, {"body": body}) == ()


def test_a_word_is_replaced_where_it_stands() -> None:
    assert runs("There are four bathing places.", "There are three bathing places.") == [
        (kept("There are "), deleted("four "), inserted("three "), kept("bathing places."))
    ]


def test_the_last_word_of_a_paragraph_is_kept_when_more_comes_after_it() -> None:
    assert runs("The river opens", "The river opens today") == [
        (kept("The river opens"), inserted(" today"))
    ]
    assert runs("The river opens today.", "The river opens.") == [
        (kept("The river opens"), deleted(" today"), kept("."))
    ]


def test_a_sentence_that_was_rewritten_is_not_cut_at_its_small_words() -> None:
    old, new = "people of the town swim", "experts in the city bathe"
    assert runs(f"In the river that opens now, {old}.", f"In the river that opens now, {new}.") == [
        (kept("In the river that opens now, "), deleted(old), inserted(new), kept("."))
    ]


def test_scripts_without_spaces_are_compared_by_character() -> None:
    assert runs("河流今天开放。", "河流明天开放。") == [
        (kept("河流"), deleted("今"), inserted("明"), kept("天开放。"))
    ]
    assert runs("แม่น้ำเปิดวันนี้", "แม่น้ำเปิดวันนั้น") == [(kept("แม่น้ำเปิดวัน"), deleted("นี้"), inserted("นั้น"))]


def test_a_space_alone_may_be_new() -> None:
    assert runs("漢字と文章", "漢字 と文章") == [(kept("漢字"), inserted(" "), kept("と文章"))]


def test_paragraphs_are_found_again_among_others() -> None:
    one, two = "The water is clean again.", "Three places are open now."
    assert runs(
        f"{one}\n\n{two}", f"New words begin it.\n\n{one}\n\nFour places are open now."
    ) == [
        (inserted("New words begin it."),),
        (kept(one),),
        (deleted("Three "), inserted("Four "), kept("places are open now.")),
    ]


def test_a_paragraph_finds_its_new_version_behind_others() -> None:
    old = ["Swimmers come from all over the country.", "The bus is free on Sundays."]
    new = ["Nobody knows why.", "Swimmers come from half the country.", "The bus is free today."]
    assert runs("\n\n".join(old), "\n\n".join(new)) == [
        (inserted("Nobody knows why."),),
        (
            kept("Swimmers come from "),
            deleted("all over "),
            inserted("half "),
            kept("the country."),
        ),
        (kept("The bus is free "), deleted("on Sundays"), inserted("today"), kept(".")),
    ]
    assert runs("\n\n".join(new), "\n\n".join(old))[0] == (deleted("Nobody knows why."),)


def test_two_texts_with_little_in_common_stand_one_below_the_other() -> None:
    assert runs("The water is clean.", "Nobody knows why.") == [
        (deleted("The water is clean."),),
        (inserted("Nobody knows why."),),
    ]


def test_topics_come_and_go_whole() -> None:
    (change,) = changes({"topics": ("Rivers", "Old river")}, {"topics": ("Rivers", "New river")})
    assert change == FieldChange(
        "Topics", ((kept("Rivers"),), (deleted("Old river"),), (inserted("New river"),))
    )


def test_every_field_that_is_read_is_compared_in_the_order_of_the_page() -> None:
    after = {
        "title": "Lake",
        "date": date(2026, 7, 5),
        "topics": ("Lakes",),
        "category": "Nature",
        "summary": "Short.",
        "body": "Long.",
        "sources": ({"url": "https://www.news.example/", "publisher": "The Example"},),
        "image": {"key": "images/a.jpg", "alt": "A lake", "credit": "A. Person"},
        "byline": "Ana",
    }
    found = changes({}, after)
    assert [change.label for change in found] == [
        *("Title", "Date", "Topics", "Category", "Summary", "Text", "Sources", "Image", "Byline"),
    ]
    by_label = {change.label: change.paragraphs for change in found}
    assert by_label["Date"] == ((deleted("2026-07-04"),), (inserted("2026-07-05"),))
    assert by_label["Sources"] == ((inserted("news.example, The Example"),),)
    assert by_label["Image"] == (
        (inserted("A lake"),),
        (inserted("A. Person"),),
        (inserted("images/a.jpg"),),
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"body": "[a](https://a.example/)"}, {"body": "[a](https://b.example/)"}),
        ({"body": "word"}, {"body": "*word*"}),
        ({}, {"unknown": 1}),
    ],
)
def test_a_change_without_text_is_described_in_words(
    before: dict[str, object], after: dict[str, object]
) -> None:
    assert changes(before, after) == (OTHER,)


def test_a_first_version_and_a_withdrawal_have_no_difference() -> None:
    one = document(body="Text.")
    assert differences(None, one, BASE) == ()
    assert differences(one, None, BASE) == ()
    assert differences(None, None, BASE) == ()


@pytest.mark.parametrize("paragraph", [1, 7, 100_000])
def test_a_text_of_repeated_words_is_compared(paragraph: int) -> None:
    """Its effort is spent before the end: what is left counts as replaced."""
    texts = []
    for words in (["a", "a", "b"] * 4_000, ["a", "b", "b"] * 3_500):
        parts = (words[at : at + paragraph] for at in range(0, len(words), paragraph))
        texts.append("\n\n".join(map(" ".join, parts)))
    (change,) = changes({"body": texts[0]}, {"body": texts[1]})
    assert text(change, without="deleted") == texts[1]
    assert text(change, without="inserted") == texts[0]


def test_many_paragraphs_are_paired_by_their_number() -> None:
    old = [f"Paragraph {number} has old words." for number in range(60)]
    new = [f"Paragraph {number} has new words." for number in range(60)]
    found = runs("\n\n".join(old), "\n\n".join(new))
    assert len(found) == 60
    assert found[59] == (
        kept("Paragraph 59 has "),
        deleted("old "),
        inserted("new "),
        kept("words."),
    )


def test_equal_documents_have_no_difference_however_they_were_read() -> None:
    """One of them names a field that it leaves blank."""
    read = document(body="The same.")
    stored = read.model_copy(update={"category": read.category})
    assert read.model_fields_set != stored.model_fields_set
    assert differences(read, stored, BASE) == ()


def revision(note: str | None, kind: str = "correction") -> dict[str, object]:
    return {"revision": {"kind": kind} | ({"note": note} if note else {})}


@pytest.mark.parametrize("more", [{}, {"modified": datetime(2026, 7, 5, 8, tzinfo=UTC)}])
@pytest.mark.parametrize("before", [{}, revision(None, "minor")])
def test_a_correction_that_adds_a_note_only_says_so(
    before: dict[str, object], more: dict[str, object]
) -> None:
    (change,) = changes(before, revision("The photo is of 2024.") | more)
    assert change.label == "Note"
    assert change.paragraphs == ((inserted("The photo is of 2024."),),)


def test_a_note_that_changed_is_compared_with_the_one_before() -> None:
    (change,) = changes(revision("The photo is of 2024."), revision("The photo is of 2023."))
    assert change.label == "Note"
    assert text(change, without="deleted") == "The photo is of 2023."
    assert text(change, without="inserted") == "The photo is of 2024."


def test_other_data_that_changed_with_the_note_are_named_too() -> None:
    found = changes(
        {"body": "[a](https://a.example)"}, {"body": "[a](https://b.example)"} | revision("A link.")
    )
    assert [change.label for change in found] == ["Note", "Other"]


def test_a_note_is_no_difference_where_the_text_has_one() -> None:
    found = changes({"body": "One"}, {"body": "Two"} | revision("It was two."))
    assert [change.label for change in found] == ["Text"]


def test_a_note_that_is_not_repeated_is_none_that_was_taken_back() -> None:
    assert changes(revision("The photo is of 2024."), revision(None, "minor")) == (OTHER,)
