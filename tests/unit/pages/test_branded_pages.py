"""Every page shows the brand of the site: logo, name, tagline, icon, links at its end, times."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from gazette.models.branding.brand import DEFAULT_BRAND, Brand
from gazette.models.formats import ViewKind
from gazette.models.site import Site
from gazette.models.views.feed import Feed
from gazette.models.views.page import PageFrame
from gazette.projections.feeds.event_feeds import make_feed
from gazette.projections.pages.frames import make_frame
from gazette.projections.pages.masthead import logo_of
from gazette.renderers.json.pages import render_home_json, render_list_json
from gazette.renderers.markdown.pages import render_event_markdown, render_list_markdown
from gazette.renderers.pages.html import render_event, render_home, render_missing
from gazette.renderers.pages.linked_data import news_article
from tests.unit.pages import page_examples as examples
from tests.unit.pages.page_reading import found, linked_data, parsed

LOGO = {"logo": "images/logo 1.png", "logo_dark": "images/dark,1.png"}
BRANDED = Site(
    base_url="https://post.example/paper",
    tag_authority="post.example,2026",
    brand=Brand(logo="images/logo.png", icon="images/icon.png"),
)
BASE = "https://post.example/paper"
FOOTER = {"about": "/about.html", "Wem wir gehören": "https://owners.example"}


def frame_of(**brand: object) -> PageFrame:
    site = Site(
        base_url="https://post.example/paper",
        tag_authority="post.example,2026",
        title="The Post",
        description="News of the coast.",
        language="de",
        brand=Brand.model_validate(brand),
    )
    return make_frame(site, "404", ViewKind.MISSING, title="Not found", description="")


def test_without_settings_the_title_and_the_description_stand_there() -> None:
    tree = parsed(render_missing(frame_of()))
    assert found(tree, "//p[@class='nameplate']/a") == ["The Post"]
    assert found(tree, "//p[@class='tagline']") == ["News of the coast."]
    assert found(tree, "//link[@rel='icon']/@href") == [
        "https://post.example/paper/assets/icon.svg"
    ]
    assert found(tree, "//link[@rel='icon']/@type") == ["image/svg+xml"]
    assert found(tree, "//header//img | //nav[@class='about']") == []


def test_a_tagline_stands_in_the_place_of_the_description() -> None:
    tree = parsed(render_missing(frame_of(tagline="Every tide")))
    assert found(tree, "//p[@class='tagline']") == ["Every tide"]


def test_an_emblem_stands_next_to_the_title_and_says_nothing() -> None:
    tree = parsed(render_missing(frame_of(logo="images/logo 1.png")))
    assert found(tree, "//p[@class='nameplate']/a") == ["The Post"]
    address = "https://post.example/paper/image/logo%201.png"
    assert found(tree, "//img[@class='emblem']/@src") == [address]
    assert found(tree, "//img[@class='emblem']/@alt") == [""]
    assert found(tree, "//img/@width") == found(tree, "//img/@height") == ["48"]
    assert found(tree, "//picture/source") == []


def test_a_logo_with_the_name_stands_in_its_place_and_says_it() -> None:
    tree = parsed(render_missing(frame_of(**LOGO, logo_is_name=True)))
    assert found(tree, "//p[@class='nameplate']/a") == [""]
    assert found(tree, "//img[@class='wordmark']/@alt") == ["The Post"]
    # In srcset a comma separates addresses.
    dark = "https://post.example/paper/image/dark%2C1.png"
    assert found(tree, "//source/@srcset") == [dark]
    assert found(tree, "//source/@media") == ["(prefers-color-scheme: dark)"]


def test_the_home_page_shows_the_logo_too() -> None:
    page = examples.make_list_page(frame=frame_of(logo="images/logo.png"))
    tree = parsed(render_home(page))
    assert len(found(tree, "//h1[@class='nameplate']/a//img")) == 1


@pytest.mark.parametrize(
    ("key", "media_type"), [("images/icon.png", "image/png"), ("images/icon.webp", "image/webp")]
)
def test_an_icon_of_the_publisher_is_named_with_its_type(key: str, media_type: str) -> None:
    tree = parsed(render_missing(frame_of(icon=key)))
    assert found(tree, "//link[@rel='icon']/@type") == [media_type]
    name = key.removeprefix("images/")
    assert found(tree, "//link[@rel='icon']/@href") == [f"https://post.example/paper/image/{name}"]


def test_links_at_the_end_have_labels_in_their_language() -> None:
    tree = parsed(render_missing(frame_of(footer=FOOTER)))
    links = "//footer//nav[@class='about']//a"
    assert found(tree, links) == ["Über uns", "Wem wir gehören"]
    assert found(tree, f"{links}/@href") == [
        "https://post.example/paper/about.html",
        "https://owners.example/",
    ]
    assert found(tree, f"{links}/@lang") == ["de"]


LATE = datetime(2026, 7, 4, 22, 30, tzinfo=UTC)
ENTRY = examples.make_entry(published=LATE, updated=LATE, at=LATE)


def test_pages_show_times_in_the_zone_and_machines_read_utc() -> None:
    frame = examples.make_frame(time_zone="Europe/Berlin")
    tree = parsed(render_event(examples.make_event_page(ENTRY, frame=frame)))
    times = "//p[@class='times']//time"
    assert found(tree, times) == ["5 July 2026, 00:30 CEST"]
    assert found(tree, f"{times}/@datetime") == ["2026-07-04T22:30:00Z"]
    # The day of an event is what its publisher wrote: it is in no zone.
    assert found(tree, "//a[@class='day']/time") == ["4 July 2026"]


def test_markdown_has_times_with_the_offset_of_the_zone() -> None:
    frame = examples.make_frame(time_zone="Europe/Berlin")
    page = examples.make_event_page(ENTRY, frame=frame)
    assert b"2026-07-05T00:30:00+02:00" in render_event_markdown(page)
    utc = examples.make_event_page(ENTRY, frame=examples.make_frame())
    assert b"2026-07-04T22:30:00Z" in render_event_markdown(utc)
    assert render_list_markdown(examples.make_list_page(frame=frame))


@pytest.mark.parametrize(
    ("settings", "logo", "policy"),
    [
        ({}, f"{BASE}/assets/icon.svg", f"{BASE}/corrections/"),
        (
            {"logo": "images/logo.png", "footer": {"corrections": "/policy.html"}},
            f"{BASE}/image/logo.png",
            f"{BASE}/policy.html",
        ),
    ],
)
def test_the_home_page_describes_the_site_and_its_publisher(
    settings: dict[str, object], logo: str, policy: str
) -> None:
    """SPEC S7."""
    page = render_home(examples.make_list_page(frame=frame_of(**settings)))
    described = linked_data(page)
    publisher = described["publisher"]
    assert described["@type"] == "WebSite"
    assert isinstance(publisher, dict)
    assert publisher["@type"] == "NewsMediaOrganization"
    assert (publisher["logo"], publisher["correctionsPolicy"]) == (logo, policy)


def test_linked_data_names_the_logo_of_the_publisher() -> None:
    """SPEC S7."""
    frame = examples.make_frame(logo=logo_of(BRANDED))
    publisher = news_article(examples.make_event_page(frame=frame))["publisher"]
    assert publisher == {
        "@type": "Organization",
        "name": "Gazette",
        "url": examples.SITE,
        "logo": "https://post.example/paper/image/logo.png",
    }


def test_feeds_name_the_icon_of_the_publisher_and_no_other() -> None:
    assert feed_of(BRANDED).icon_url == "https://post.example/paper/image/icon.png"
    assert feed_of(replace(BRANDED, brand=DEFAULT_BRAND)).icon_url is None


def test_the_home_says_in_json_what_differs_from_the_defaults() -> None:
    page = examples.make_list_page()
    assert render_home_json(page) == render_list_json(page)
    home = json.loads(render_home_json(replace(page, brand=BRANDED.brand)))
    assert home.pop("brand") == {"logo": "images/logo.png", "icon": "images/icon.png"}
    assert home == json.loads(render_list_json(page))


def feed_of(site: Site) -> Feed:
    return make_feed(
        site,
        tag="tag:post.example,2026::site",
        title="The Post",
        description="News.",
        base_path="feed",
        home_path="index",
        updated=LATE,
        items=(),
    )
