from datetime import date
from urllib.parse import unquote_plus, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from gazette.models import paths
from gazette.models.formats import ATOM, ViewKind
from gazette.models.ledger import partitions
from gazette.models.site import Site
from gazette.models.views.site_document import Document, document

DAY = date(2026, 7, 4)
SITE = Site(base_url="https://gazette.example/archive", tag_authority="gazette.example,2026")


def test_an_event_lies_in_the_folder_of_its_day_which_has_no_leading_zero() -> None:
    assert paths.event_path(DAY, "river-opens") == "news/2026/07/4/river-opens"
    assert paths.day_path(date(812, 1, 31)) == "news/0812/01/31/index"
    assert paths.month_path(2026, 7) == "news/2026/07/index"
    assert paths.year_path(812) == "news/0812/index"
    assert paths.urlset_path(DAY) == "sitemaps/2026-07-04.xml"


def test_topics_and_categories_have_a_page_and_a_feed_each() -> None:
    topic = paths.timeline_folder(partitions.topic_partition("foxes"))
    category = paths.timeline_folder(partitions.category_partition("nature"))
    assert paths.index_path(topic) == "topics/foxes/index"
    assert paths.feed_path(topic) == "topics/foxes/feed"
    assert paths.index_path(category) == "categories/nature/index"
    assert paths.feed_path(category) == "categories/nature/feed"


def test_the_site_has_its_page_and_its_feed_at_the_root() -> None:
    folder = paths.timeline_folder(partitions.SITE)
    assert paths.index_path(folder) == paths.HOME == "index"
    assert paths.feed_path(folder) == paths.SITE_FEED == "feed"


def test_an_archive_and_the_feeds_of_changes_lie_in_the_folder_of_their_time_line() -> None:
    topic = partitions.topic_partition("foxes")
    assert paths.archive_path(paths.timeline_folder(topic), "a") == "topics/foxes/archive/a"
    assert paths.archive_path("", "a") == "archive/a"
    assert paths.changes_path(partitions.updates_partition(topic)) == "topics/foxes/updates"
    assert paths.changes_path(partitions.corrections_partition(partitions.SITE)) == "corrections"


def test_a_revision_and_the_history_lie_next_to_the_page_of_the_event() -> None:
    base_path = paths.event_path(DAY, "river-opens")
    assert paths.revision_path(base_path, 12) == "news/2026/07/4/river-opens.r12"
    assert paths.history_path(base_path) == "news/2026/07/4/river-opens.history.json"
    assert paths.history_path(base_path, "atom") == "news/2026/07/4/river-opens.history.atom"


def test_a_document_has_one_path_a_format() -> None:
    assert SITE.paths(ViewKind.EVENT, "a") == ("a.html", "a.md", "a.json", "a.xml")


def test_an_image_appears_under_image() -> None:
    assert paths.image_path("images/2026/images/a.jpg") == "image/2026/images/a.jpg"
    assert paths.image_key("image/2026/images/a.jpg") == "images/2026/images/a.jpg"


def test_addresses_are_absolute_and_index_pages_go_by_their_folder() -> None:
    assert SITE.url("index.html") == "https://gazette.example/archive/"
    assert SITE.url("topics/foxes/index.html") == "https://gazette.example/archive/topics/foxes/"
    assert SITE.url("news/index.json") == "https://gazette.example/archive/news/index.json"
    assert SITE.url("a/anindex.html") == "https://gazette.example/archive/a/anindex.html"
    assert SITE.url("topics/füchse/feed.rss").endswith("/topics/f%C3%BCchse/feed.rss")
    assert SITE.url("image/a b?c#d%.jpg").endswith("/image/a%20b%3Fc%23d%25.jpg")


@given(st.text(st.characters(codec="utf-8"), min_size=1))
def test_s3_reads_the_path_in_an_address_where_a_plus_sign_is_a_space(name: str) -> None:
    address = SITE.url(f"image/{name}.jpg")
    assert unquote_plus(urlsplit(address).path) == f"/archive/image/{name}.jpg"


def test_a_document_knows_its_media_type_by_its_extension() -> None:
    assert document("a.rss", b"x") == Document(
        "a.rss",
        b"x",
        "application/rss+xml; charset=utf-8",
        "public, max-age=60, stale-while-revalidate=300",
    )
    assert document("news/index.xml", b"x", ATOM.content_type).media_type == ATOM.content_type


def test_an_etag_is_the_one_that_s3_gives_the_bytes() -> None:
    assert document("a.txt", b"1").etag == '"c4ca4238a0b923820dcc509a6f75849b"'
