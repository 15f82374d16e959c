from dataclasses import replace

import pytest
from hypothesis import given

from gazette.models.kinds import RevisionKind
from gazette.models.views.diff import FieldChange
from gazette.models.views.feed import FeedLink
from gazette.models.views.page import EventPage, Link
from gazette.projections.diff.fields import OTHER
from gazette.renderers.pages.html import render_event, render_list, render_revision
from tests.unit.pages import page_examples as examples
from tests.unit.pages import revision_examples as revisions
from tests.unit.pages.page_reading import PRINTABLE_TEXT, assert_harmless, found, parsed
from tests.unit.pages.revision_examples import deleted, inserted, kept

HOSTILE = "</ins></script><script>alert(1)</script>\"'><img src=x onerror=alert(1)>&amp;{{ 7*7 }}"
TITLE = FieldChange("Title", ((kept("River "), deleted("shuts"), inserted("opens")),))


def test_changes_are_listed_newest_first_with_links_to_each_revision() -> None:
    tree = parsed(render_event(revisions.make_page_with_history()))
    items = "//section[@class='changes']/ol/li"
    assert found(tree, f"{items}/@value") == ["3", "2", "1"]
    assert found(tree, f"{items}/a/@href") == [
        *(
            f"{examples.BASE_PATH}.html",
            f"{examples.BASE_PATH}.r2.html",
            f"{examples.BASE_PATH}.r1.html",
        ),
    ]
    assert found(tree, f"{items}/a") == [
        "Correction, 5 July 2026, 18:05 UTC",
        "Update, 5 July 2026, 16:05 UTC",
        "First version, 4 July 2026, 09:30 UTC",
    ]
    assert found(tree, f"{items}/span") == ["Current version"]
    assert found(tree, f"{items}/@class") == ["correction"]
    assert found(tree, f"{items}/p[@class='text']") == [
        *("There are three bathing places, not four.", "A quote of the mayor was added."),
    ]


def test_related_events_name_the_topics_they_share() -> None:
    tree = parsed(render_event(revisions.make_page_with_history()))
    items = "//section[@class='related']/ol/li"
    assert found(tree, f"{items}/h3/a") == [
        "Engineers finish the cleaning of the river",
        "افتتاح النهر",
    ]
    assert found(tree, f"{items}/h3/@lang | {items}/h3/@dir") == ["ar", "rtl"]
    assert found(tree, f"{items}/p") == [
        *("30 June 2026 Rivers Engineering", "2 June 2026 Rivers"),
    ]
    assert found(tree, f"({items})[1]/p//a/@href") == [
        *(f"{examples.SITE}topics/rivers/", f"{examples.SITE}topics/engineering/"),
    ]


def test_a_related_event_may_come_without_context() -> None:
    (event, _) = revisions.make_related()
    page = replace(examples.make_event_page(), related=(replace(event, context=()),))
    tree = parsed(render_event(page))
    assert found(tree, "//section[@class='related']//p") == ["30 June 2026"]


def test_the_history_is_between_the_sources_and_the_fingerprint() -> None:
    (article,) = parsed(render_event(revisions.make_page_with_history())).xpath("//article")
    order = [child.get("class") for child in article]
    assert order[-5:] == ["sources", "topics", "changes", "related", "machine"]


def test_a_withdrawn_event_shows_its_changes_but_no_related_events() -> None:
    """SPEC T5."""
    page = revisions.make_page_with_history(examples.make_withdrawn_page())
    tree = parsed(render_event(page))
    assert found(tree, "//section/@class") == ["changes"]


def test_every_page_has_its_relations_as_link_elements() -> None:
    relations = (
        FeedLink(
            "version-history", f"{examples.BASE_PATH}.history.json", "application/json", "All"
        ),
        FeedLink("alternate", f"{examples.SITE}de.html", language="de"),
    )
    frame = examples.make_frame(relations=relations)
    for page in (
        render_event(examples.make_event_page(frame=frame)),
        render_list(examples.make_list_page(frame=frame)),
    ):
        head = parsed(page).xpath("/html/head")[0]
        (history,) = head.xpath("link[@rel='version-history']")
        assert dict(history.attrib) == {
            "rel": "version-history",
            "type": "application/json",
            "title": "All",
            "href": f"{examples.BASE_PATH}.history.json",
        }
        (translation,) = head.xpath("link[@hreflang]")
        assert dict(translation.attrib) == {
            "rel": "alternate",
            "hreflang": "de",
            "href": f"{examples.SITE}de.html",
        }


def test_a_superseded_revision_shows_its_own_text_and_links_the_current_one() -> None:
    """SPEC V5."""
    tree = parsed(render_revision(revisions.make_revision_page(changes=(TITLE,))))
    (article,) = tree.xpath("//main/article")
    assert [child.get("class") or child.tag for child in article] == [
        *("notice", "kicker", "h1", "standfirst", "times", "note update", "body"),
        *("sources", "topics", "difference", "fingerprint", "machine"),
    ]
    (notice,) = found(tree, "//aside[@class='notice']/p[1]")
    assert notice.startswith(
        "This is revision 2 of 5 July 2026, 16:05 UTC. It has been superseded."
    )
    assert notice.endswith("Current version: River opens")
    assert found(tree, "//aside[@class='notice']/p[1]/a/@href") == [f"{examples.BASE_PATH}.html"]
    assert found(tree, "//p[@class='versions']/a") == [
        *("What changed", "Previous version", "All versions"),
    ]
    assert found(tree, "//link[@rel='canonical']/@href") == [f"{examples.BASE_PATH}.r2.html"]
    assert found(tree, "//meta[@name='robots']/@content") == ["noindex"]


def test_a_revision_that_withdrew_the_event_shows_only_its_notice_and_the_reason() -> None:
    """SPEC T5."""
    page = revisions.make_revision_page(event=examples.make_withdrawn_page())
    tree = parsed(render_revision(page))
    assert found(tree, "//h1") == ["Withdrawn"]
    assert "which withdrew the event. It has been superseded." in found(tree, "//aside")[0]
    assert "The report was a hoax." in found(tree, "//p[@class='text']")
    assert b"SECRET" not in render_revision(page)


def test_the_fingerprint_proves_the_revision() -> None:
    """SPEC V5."""
    tree = parsed(render_revision(revisions.make_revision_page()))
    names, facts = found(tree, "//dl/dt"), found(tree, "//dl/dd")
    assert dict(zip(names, facts, strict=True)) == {
        "Revision": "2",
        "Kind": "Update",
        "Time": "5 July 2026, 16:05 UTC",
        "Note": "The mayor's words.",
        "SHA-256": "a" * 64,
        "SHA-256 of the previous revision": "b" * 64,
    }


def test_a_first_version_has_no_note_and_no_previous_hash() -> None:
    page = revisions.make_revision_page(event=examples.make_event_page())
    assert found(parsed(render_revision(page)), "//dl/dt") == [
        "Revision",
        "Kind",
        "Time",
        "SHA-256",
    ]


def test_changes_are_shown_word_by_word() -> None:
    tree = parsed(render_revision(revisions.make_revision_page(changes=(TITLE,))))
    section = "//section[@class='difference']"
    assert found(tree, f"{section}/h3") == ["Title"]
    assert found(tree, f"{section}//p") == ["River shuts opens"]
    assert found(tree, f"{section}//del") == ["shuts"]
    assert found(tree, f"{section}//ins") == ["opens"]
    assert found(tree, "//a[@href='#difference']") == found(tree, "//section[@id]/h2")


def corrected_page(change: FieldChange) -> EventPage:
    entry = examples.make_entry(number=2, kind=RevisionKind.CORRECTION, at=examples.UPDATED)
    older = examples.CORRECTION._replace(number=1)
    page = examples.make_event_page(entry)
    return replace(page, corrections=(examples.CORRECTION, older), differences=(change,))


def test_the_difference_of_a_correction_stands_in_its_notice() -> None:
    """SPEC V5: at `#difference`, above the text."""
    tree = parsed(render_event(corrected_page(TITLE)))
    notice = "//aside[@id='correction-2']"
    assert found(tree, f"{notice}//section[@id='difference']//ins") == ["opens"]
    assert found(tree, f"{notice}/details[@open]/summary/h2") == ["What changed"]
    assert found(tree, "//*[@id='difference']") == found(tree, f"{notice}//*[@id='difference']")
    assert found(tree, "//aside[@id='correction-1']//a/@href") == [
        examples.CORRECTION.difference_url
    ]
    assert len(found(tree, "//div[@class='body']/preceding-sibling::aside")) == 2


def test_a_long_difference_is_closed() -> None:
    change = FieldChange("Text", ((inserted("word " * 400),), *[(kept("long " * 99),)] * 2))
    tree = parsed(render_event(corrected_page(change)))
    assert len(found(tree, "//details[section]")) == 1
    assert found(tree, "//details[@open]") == []


def test_spaces_are_not_underlined_and_not_struck_out() -> None:
    runs = (kept("a"), inserted(" b "), kept("c"), deleted(" "), inserted("d"), kept(" e"))
    page = revisions.make_revision_page(changes=(FieldChange("Text", (runs,)),))
    (paragraph,) = parsed(render_revision(page)).xpath("//section[@class='difference']//p")
    assert [child.text for child in paragraph] == ["b", "d"]
    assert paragraph.text_content() == "a b c d e"


@pytest.mark.parametrize(
    ("paragraphs", "shown"),
    [
        ([(kept("short"),), (inserted("x"),)], ["short", "x"]),
        ([(kept("long " * 99),), (inserted("x"),)], ["1 paragraph unchanged", "x"]),
        ([(inserted("x"),), *[(kept("some " * 9),)] * 9], ["x", "9 paragraphs unchanged"]),
    ],
)
def test_long_unchanged_paragraphs_are_counted(
    paragraphs: list[tuple[object, ...]], shown: list[str]
) -> None:
    change = FieldChange("Text", tuple(paragraphs))  # type: ignore[arg-type]  # runs, all of them
    tree = parsed(render_revision(revisions.make_revision_page(changes=(change,))))
    assert found(tree, "//section[@class='difference']//p") == shown


def test_a_difference_is_read_in_the_direction_of_the_event() -> None:
    entry = examples.make_entry(language="ar", number=2, kind=RevisionKind.UPDATE)
    page = revisions.make_revision_page(
        event=examples.make_event_page(entry), changes=(TITLE, OTHER)
    )
    tree = parsed(render_revision(page))
    divisions = tree.xpath("//section[@class='difference']/div")
    assert [division.get("dir") for division in divisions] == ["rtl", None]


def hostile_page(text: str) -> bytes:
    listed = tuple(replace(each, title=text, note=text) for each in revisions.make_revisions())
    related = tuple(
        replace(event, title=text, context=(Link(text, "https://x.example/"),))
        for event in revisions.make_related()
    )
    entry = examples.make_entry(number=2, kind=RevisionKind.UPDATE, note=text)
    frame = examples.make_frame(
        relations=(FeedLink("related", 'https://x/"><script>', text, text),)
    )
    event = examples.make_event_page(entry, frame=frame)
    change = FieldChange(text, ((kept(text), inserted(text), deleted(text)),))
    page = revisions.make_revision_page(
        event=replace(event, changes=listed, related=related), changes=(change,)
    )
    return render_revision(replace(page, current=Link(text, "https://x.example/")))


def test_markup_in_any_field_stays_text() -> None:
    tree = parsed(hostile_page(HOSTILE))
    for block in tree.xpath("//script[@type='application/ld+json']"):
        block.drop_tree()
    assert_harmless(tree)
    assert found(tree, "//img") == []
    assert found(tree, "//ins") == [HOSTILE]


@given(PRINTABLE_TEXT)
def test_any_text_is_shown_as_it_is(text: str) -> None:
    tree = parsed(hostile_page(text))
    shown = " ".join(text.split())
    assert found(tree, "//section[@class='changes']//li/p") == [shown] * 3
    assert found(tree, "//section[@class='related']//h3/a") == [shown] * 2
    assert "".join(found(tree, "//section[@class='difference']//ins")) == shown
