from dataclasses import replace

import pytest
from feedgen.feed import FeedGenerator
from lxml import etree

from gazette.models.views.feed import FeedLink
from gazette.renderers.feeds.atom import render_atom, render_atom_entry
from tests.unit.feeds.feeds_examples import (
    IMAGE,
    LANG,
    NAMES,
    SITE,
    all_attributes,
    attributes,
    bare_item,
    feed,
    find,
    item,
    schema,
    texts,
)

SELF_URL = f"{SITE}/news/2026/3/1/fox.xml"


def parsed(document: bytes) -> etree._Element:
    return etree.fromstring(document)


def links(element: etree._Element) -> list[dict[str, str]]:
    return all_attributes(element, "a:link")


def test_an_entry_document_is_valid_atom() -> None:
    relaxng = etree.RelaxNG(etree.parse(schema("atom.rng")))
    relaxng.assertValid(parsed(render_atom_entry(item(), "en", SELF_URL)))


def test_an_entry_has_its_fields() -> None:
    """SPEC A2, A3, A4, A5, A6."""
    root = parsed(render_atom(feed(item())))
    assert texts(root, "a:entry/a:id") == ["tag:example.org,2026:event/fox"]
    assert texts(root, "a:entry/a:title") == ["Fox seen at Smith & Sons"]
    assert texts(root, "a:entry/a:published") == ["2026-03-01T09:30:00Z"]
    assert texts(root, "a:entry/a:updated") == ["2026-03-02T18:05:07Z"]
    assert texts(root, "a:entry/a:summary") == ["A fox < 5 kg & its cub."]
    assert texts(root, "a:entry/a:author/a:name") == ["Ann Author"]
    content = find(root, "a:entry/a:content")
    assert content.get("type") == "html"
    assert content.text == "<p>A fox &lt; 5 kg &amp; its cub.</p>"


def test_links_of_an_entry_keep_rel_type_title_and_language() -> None:
    """SPEC A7; feedgen alone loses them (python-feedgen #135, #143)."""
    entry = find(parsed(render_atom(feed(item()))), "a:entry")
    page, json, related, history, via, again = links(entry)
    assert page == {"rel": "alternate", "href": item().url, "type": "text/html"}
    assert again == {**page, "hreflang": "en-GB"}
    assert (json["rel"], json["type"], json["title"]) == (
        "alternate",
        "application/json",
        "As JSON",
    )
    assert related["title"] == "Cub"
    assert history == {
        "rel": "version-history",
        "href": f"{SITE}/history/fox.html",
        "type": "text/html",
    }
    assert via == {
        "rel": "via",
        "href": "https://source.example/?a=1&b=2",
        "title": "The <Source>",
    }


def test_a_translation_has_its_own_language_and_other_formats_that_of_the_entry() -> None:
    forms = (
        FeedLink("alternate", f"{SITE}/de.html", "text/html", language="de"),
        FeedLink("alternate", f"{SITE}/fox.json", "application/json"),
        FeedLink("related", f"{SITE}/cub.html", language="de"),
    )
    entry = item(language="fr", links=forms, sources=())
    root = parsed(render_atom(feed(entry)))
    languages = [link.get("hreflang") for link in root.findall("a:entry/a:link", NAMES)]
    assert languages == [None, "de", "fr", None, "fr"]


def test_the_first_and_the_last_alternate_of_an_entry_is_its_page() -> None:
    """Readers open one or the other; two of one type differ in language (RFC 4287 §4.2.7)."""
    for one in (item(), item(language=None), bare_item(1)):
        entry = find(parsed(render_atom(feed(one))), "a:entry")
        alternates = [link for link in links(entry) if link["rel"] == "alternate"]
        assert alternates[0]["href"] == alternates[-1]["href"] == one.url
        kinds = [(link["type"], link.get("hreflang")) for link in alternates]
        assert len(set(kinds)) == len(kinds)


def test_feedgen_alone_would_write_bare_links() -> None:
    """This is why the extension exists; if it fails, feedgen has been fixed."""
    generator = FeedGenerator()
    generator.id("urn:x")
    generator.title("x")
    entry = generator.add_entry()
    entry.id("urn:y")
    entry.title("y")
    entry.link(href="https://a.example/", rel="via", type="text/html", title="t")
    entry.content("z")
    link = find(parsed(generator.atom_str()), "a:entry/a:link")
    assert attributes(link) == {"href": "https://a.example/"}


def test_a_link_given_twice_is_written_once() -> None:
    same = FeedLink("alternate", item().url, "text/html")
    root = parsed(render_atom_entry(item(links=(same, same), sources=()), "en", SELF_URL))
    assert [link["rel"] for link in links(root)] == ["self", "alternate"]


def test_an_entry_without_full_text_has_a_summary_and_no_content() -> None:
    """SPEC P1."""
    root = parsed(render_atom(feed(bare_item(1))))
    assert texts(root, "a:entry/a:summary") == ["Summary 1"]
    assert root.find("a:entry/a:content", NAMES) is None
    assert root.find("a:entry/a:link[@rel='alternate']", NAMES) is not None


def test_topics_have_term_scheme_and_label() -> None:
    """SPEC A8."""
    categories = parsed(render_atom(feed(item()))).findall("a:entry/a:category", NAMES)
    assert [attributes(category) for category in categories] == [
        {"term": "Foxes & cubs", "scheme": f"{SITE}/topics/", "label": "Foxes & cubs"},
        {"term": "Nature", "scheme": f"{SITE}/categories/", "label": "Nature"},
    ]


@pytest.mark.parametrize(
    ("language", "written"), [("en-GB", "en-GB"), ("ar", "ar"), ("en", None), (None, None)]
)
def test_an_entry_has_a_language_only_if_it_differs_from_the_feed(
    language: str | None, written: str | None
) -> None:
    """SPEC A9."""
    entry = find(parsed(render_atom(feed(item(language=language)))), "a:entry")
    assert entry.get(LANG) == written


def test_an_image_is_media_rss() -> None:
    """SPEC R9, in Atom too."""
    root = parsed(render_atom(feed(item())))
    media = find(root, "a:entry/media:content")
    assert attributes(media) == {
        "url": IMAGE.url,
        "medium": "image",
        "type": "image/jpeg",
        "width": "640",
        "height": "480",
    }
    assert texts(media, "media:description") == ["A <red> fox & cub"]
    assert texts(media, "media:credit") == ["J. Doe"]
    assert root.nsmap["media"] == NAMES["media"]


def test_unknown_properties_of_an_image_are_left_out() -> None:
    image = replace(IMAGE, credit=None, media_type=None, width=None, height=None)
    media = find(parsed(render_atom(feed(item(image=image)))), "a:entry/media:content")
    assert attributes(media) == {"url": IMAGE.url, "medium": "image"}
    assert len(media) == 1


@pytest.mark.parametrize(("language", "written"), [(None, "en"), ("en", "en"), ("ar", "ar")])
def test_an_entry_document_has_its_author_its_language_and_a_self_link(
    language: str | None, written: str
) -> None:
    """RFC 4287 §4.1.2, SPEC A9: it is in no feed that could have them."""
    root = parsed(render_atom_entry(item(language=language), "en", SELF_URL))
    assert root.tag == "{http://www.w3.org/2005/Atom}entry"
    assert texts(root, "a:author/a:name") == ["Ann Author"]
    assert root.get(LANG) == written
    assert root.find("a:source", NAMES) is None
    assert links(root)[0] == {
        "rel": "self",
        "href": SELF_URL,
        "type": "application/atom+xml;type=entry",
    }


def test_an_entry_document_needs_an_author() -> None:
    """RFC 4287 §4.1.2; RELAX NG does not notice an absent one."""
    with pytest.raises(ValueError, match="has no author"):
        render_atom_entry(item(author=None), "en", SELF_URL)
