from datetime import date

from gazette.models import paths
from gazette.models.publication import ATOM, Document, document
from gazette.models.site import Site

DAY = date(2026, 7, 4)
SITE = Site(base_url="https://gazette.example/archive", tag_authority="gazette.example,2026")


def test_an_event_lies_in_the_folder_of_its_day_which_has_no_leading_zero() -> None:
    assert paths.event_stem(DAY, "river-opens") == "news/2026/07/4/river-opens"
    assert paths.day_stem(date(812, 1, 31)) == "news/0812/01/31/index"
    assert paths.month_stem(2026, 7) == "news/2026/07/index"
    assert paths.year_stem(812) == "news/0812/index"
    assert paths.urlset_path(DAY) == "sitemaps/2026-07-04.xml"


def test_topics_and_categories_have_a_page_and_a_feed_each() -> None:
    assert paths.topic_stem("foxes") == "topics/foxes/index"
    assert paths.topic_feed_stem("foxes") == "topics/foxes/feed"
    assert paths.category_stem("nature") == "categories/nature/index"
    assert paths.category_feed_stem("nature") == "categories/nature/feed"


def test_a_document_has_one_path_a_format() -> None:
    assert paths.in_formats("a", paths.FORMATS) == ("a.html", "a.md", "a.json", "a.xml")


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


def test_a_document_knows_its_media_type_by_its_extension() -> None:
    assert document("a.rss", b"x") == Document(
        "a.rss",
        b"x",
        "application/rss+xml; charset=utf-8",
        "public, max-age=60, stale-while-revalidate=300",
    )
    assert document("news/index.xml", b"x", ATOM).media_type == ATOM


def test_an_entity_tag_is_what_s3_says_of_the_bytes() -> None:
    assert document("a.txt", b"1").etag == '"c4ca4238a0b923820dcc509a6f75849b"'
