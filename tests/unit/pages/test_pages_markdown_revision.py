from dataclasses import replace

import pytest
from hypothesis import given

from gazette.models.kinds import RevisionKind
from gazette.models.views.diff import FieldChange
from gazette.models.views.page import Link
from gazette.projections.diff.fields import OTHER
from gazette.renderers.markdown.pages import render_event_markdown, render_revision_markdown
from tests.unit.pages import page_examples as examples
from tests.unit.pages import revision_examples as revisions
from tests.unit.pages.page_reading import PRINTABLE_TEXT, assert_harmless, found, read_markdown
from tests.unit.pages.revision_examples import deleted, inserted, kept

BASE = examples.BASE_PATH
TITLE = FieldChange("Title", ((kept("River "), deleted("shuts"), inserted("opens")),))


def test_the_history_of_an_event_has_the_layout_of_the_seed() -> None:
    page = render_event_markdown(revisions.make_page_with_history()).decode()
    title, news = examples.ENTRY.title, f"{examples.SITE}news/2026/06"
    cleaning = f"[Engineers finish the cleaning of the river]({news}/30/engineers-finish.md)"
    assert (
        page[page.index("### Changes") :]
        == f"""\
### Changes:

1. [{title}]({BASE}.md) _Revision 3, 2026-07-05T18:05:00Z (Correction, Current version)_
   There are three bathing places, not four.
2. [River opens to swimmers]({BASE}.r2.md) _Revision 2, 2026-07-05T16:05:00Z (Update)_
   A quote of the mayor was added.
3. [Rivers: River opens]({BASE}.r1.md) _Revision 1, 2026-07-04T09:30:00Z (First version)_

### Related:

1. {cleaning} _Context: Rivers, Engineering_
2. [افتتاح النهر]({news}/2/river.md) _Context: Rivers_
"""
    )


def test_a_related_event_may_come_without_context() -> None:
    (event, _) = revisions.make_related()
    page = replace(examples.make_event_page(), related=(replace(event, context=()),))
    assert b"Context" not in render_event_markdown(page)


def test_a_withdrawn_event_shows_its_changes_but_no_related_events() -> None:
    """SPEC T5."""
    page = revisions.make_page_with_history(examples.make_withdrawn_page())
    assert found(read_markdown(render_event_markdown(page)), "//h3") == ["2026-07-4", "Changes:"]


def test_a_superseded_revision_shows_its_own_text_and_links_the_current_one() -> None:
    """SPEC V5."""
    tree = read_markdown(render_revision_markdown(revisions.make_revision_page(changes=(TITLE,))))
    assert found(tree, "//h1") == [examples.ENTRY.title]
    assert found(tree, "//h3") == ["2026-07-4", "Sources:", "What changed:", "Fingerprint:"]
    notice = "//blockquote[1]/p"
    state, versions = found(tree, notice)[:2]
    assert state.startswith("This is revision 2 of 2026-07-05T16:05:00Z. It has been superseded.")
    assert state.endswith("Current version: River opens")
    assert versions == "Previous version All versions"
    assert found(tree, f"({notice})[1]//@href") == [f"{BASE}.md"]
    assert found(tree, f"({notice})[2]//@href") == [
        *(f"{BASE}.r1.md", f"{BASE}.history.json"),
    ]


def test_a_revision_that_withdrew_the_event_shows_only_its_notice_and_the_reason() -> None:
    """SPEC T5."""
    page = render_revision_markdown(
        revisions.make_revision_page(event=examples.make_withdrawn_page())
    )
    tree = read_markdown(page)
    assert found(tree, "//h1") == ["Withdrawn"]
    assert "which withdrew the event. It has been superseded." in found(tree, "//blockquote")[0]
    assert "Withdrawn: The report was a hoax." in found(tree, "//blockquote/p")
    assert b"SECRET" not in page


def test_the_fingerprint_proves_the_revision() -> None:
    """SPEC V5."""
    tree = read_markdown(render_revision_markdown(revisions.make_revision_page()))
    assert found(tree, "//ul/li") == [
        "Revision: 2",
        "Kind: Update",
        "Time: 2026-07-05T16:05:00Z",
        "Note: The mayor's words.",
        f"SHA-256: {'a' * 64}",
        f"SHA-256 of the previous revision: {'b' * 64}",
    ]


def test_changes_are_shown_word_by_word() -> None:
    long = [(kept("some words that stayed " * 20),)]
    text = FieldChange("Text", (*long, (inserted("New."),), *long * 2))
    page = render_revision_markdown(revisions.make_revision_page(changes=(TITLE, text, OTHER)))
    assert (
        "\n\n**Title**\n\n> River <del>shuts</del> <ins>opens</ins>"
        "\n\n**Text**\n\n_1 paragraph unchanged_\n\n> <ins>New.</ins>\n\n_2 paragraphs unchanged_"
        "\n\n**Other**\n\n> <ins>Links, formatting or other data changed.</ins>\n\n"
    ) in page.decode()


def hostile_page(text: str) -> bytes:
    listed = tuple(replace(each, title=text, note=text) for each in revisions.make_revisions())
    related = tuple(
        replace(event, title=text, context=(Link(text, "https://x.example/"),))
        for event in revisions.make_related()
    )
    entry = examples.make_entry(number=2, kind=RevisionKind.MINOR, note=text)
    event = replace(examples.make_event_page(entry), changes=listed, related=related)
    runs = (kept(text), inserted(text), deleted(text), kept(text))
    page = revisions.make_revision_page(event=event, changes=(FieldChange("Text", (runs,)),))
    return render_revision_markdown(replace(page, current=Link(text, f"{BASE}.html")))


@pytest.mark.parametrize(
    "text",
    [
        "</ins></script><script>alert(1)</script>",
        "[a](javascript:alert(1))",
        "<javascript:alert(1)>",
        "](javascript:alert(1)) [b",
        "a\n\n[b]: javascript:alert(1)",
        "`<img src=x onerror=alert(1)>`",
        "- # <ins>",
        "1. a",
    ],
)
def test_markup_in_any_field_stays_text(text: str) -> None:
    tree = read_markdown(hostile_page(text))
    assert_harmless(tree)
    assert found(tree, "//code | //img | //script") == []
    assert found(tree, "//ins") == [" ".join(text.split())]


@given(PRINTABLE_TEXT)
def test_any_text_is_shown_as_it_is(text: str) -> None:
    tree = read_markdown(hostile_page(text))
    assert_harmless(tree)
    shown = " ".join(text.split())
    assert "".join(found(tree, "//ins")) == shown
    assert "".join(found(tree, "//del")) == shown
