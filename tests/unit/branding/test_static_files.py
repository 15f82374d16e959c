"""Files below `static/` stand at the root of the site, if nothing else may be there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from gazette.models.branding.brand import Brand
from gazette.models.branding.static_files import (
    check_static,
    check_static_key,
    claimant_key,
    file_claim,
    file_path,
    static_media_type,
    static_path,
    why_no_static_key,
)
from gazette.models.contract.identity import event_key, most_bytes
from gazette.models.ledger.partitions import Partition, PartitionKind
from gazette.models.limits import MAX_KEY_BYTES, MAX_STATIC_BYTES
from gazette.models.problems.problems import InvalidEventError
from gazette.models.routes import route_of
from tests.golden.test_golden import EXPECTED, read

PUBLISHED = sorted(read(EXPECTED))


@pytest.mark.parametrize(
    ("key", "path", "media_type"),
    [
        ("static/about.html", "about.html", "text/html; charset=utf-8"),
        ("static/about/index.html", "about/index.html", "text/html; charset=utf-8"),
        (
            "static/.well-known/security.txt",
            ".well-known/security.txt",
            "text/plain; charset=utf-8",
        ),
        (
            "static/.well-known/atproto.json",
            ".well-known/atproto.json",
            "application/json; charset=utf-8",
        ),
        ("static/site.css", "site.css", "text/css; charset=utf-8"),
        ("static/logo.SVG", "logo.SVG", "image/svg+xml; charset=utf-8"),
        ("static/fonts/news.woff2", "fonts/news.woff2", "font/woff2"),
        ("static/news/report 2026.pdf", "news/report 2026.pdf", "application/pdf"),
        ("static/site.webmanifest", "site.webmanifest", "application/manifest+json"),
        ("static/apple-touch-icon.png", "apple-touch-icon.png", "image/png"),
    ],
)
def test_a_file_has_the_path_after_its_folder_and_the_type_of_its_ending(
    key: str, path: str, media_type: str
) -> None:
    check_static_key(key)
    assert (static_path(key), file_path(key), static_media_type(key)) == (path, path, media_type)


@pytest.mark.parametrize("path", PUBLISHED)
def test_nothing_that_the_site_publishes_is_replaced(path: str) -> None:
    """What is not refused is claimed: an event may have it as an alias, or the file has it."""
    reason = why_no_static_key(f"static/{path}")
    if reason is None:
        assert route_of(path).kind is PartitionKind.PATH
    else:
        assert "Gazette publishes itself" in reason or "which is not published" in reason


@pytest.mark.parametrize(
    "path",
    [
        *("index.html", "robots.txt", "favicon.ico", "404.html", "sitemap.xml", "feed.json"),
        *("news/2026/index.html", "news/2026/10/4/a.html", "topics/foxes/index.html"),
        *("image/a.png", "thumbnails/320/a.png.webp", "updates/index.html", "schemas/a.json"),
        *("assets/a.css", "index.json"),
    ],
)
def test_an_address_of_the_site_itself_is_refused_with_a_remedy(path: str) -> None:
    with pytest.raises(InvalidEventError, match="publishes itself; choose another name"):
        check_static_key(f"static/{path}")


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("app.js", "ends in .js, which is not published; these endings are: asc, avif"),
        ("README", "ends in .readme, which is not published"),
        ("a//b.txt", "has an empty or relative path segment"),
        ("../a.txt", "has an empty or relative path segment"),
        ("a\\b.txt", "has a backslash"),
        ("a\nb.txt", "has a backslash or an unprintable character"),
        ("page.html/a.txt", "has a folder with a dot in its name"),
        ("a" * MAX_KEY_BYTES + ".txt", "is longer than 900 bytes"),
    ],
)
def test_a_key_that_can_be_no_file_is_refused(path: str, reason: str) -> None:
    with pytest.raises(InvalidEventError, match="key: ") as refused:
        check_static_key(f"static/{path}")
    assert reason in str(refused.value)


def test_a_text_is_utf_8_and_a_file_is_not_too_large() -> None:
    check_static("static/a.txt", "ä".encode())
    check_static("static/a.png", b"\xff")
    with pytest.raises(InvalidEventError, match="is not UTF-8"):
        check_static("static/a.txt", b"\xff")
    assert most_bytes("static/a.txt") == MAX_STATIC_BYTES
    with pytest.raises(InvalidEventError, match="at most 5,242,880 are taken: make it smaller"):
        check_static("static/a.txt", bytes(MAX_STATIC_BYTES + 1))


@given(name=st.text(min_size=1))
def test_who_has_claimed_a_path_is_an_event_or_a_file(name: str) -> None:
    assert claimant_key(file_claim(f"static/{name}")) == f"static/{name}"
    assert claimant_key(name) == event_key(name)
    assert claimant_key(f"static/{name}") == event_key(f"static/{name}")


@pytest.mark.parametrize(
    ("field", "key"),
    [
        ("logo", "static/logo.css"),
        ("icon", "static/favicon.ico"),
        ("stylesheet", "static/site.txt"),
        ("stylesheet", "images/site.css"),
        ("stylesheet", "static/assets/site.css"),
    ],
)
def test_a_setting_names_only_a_file_that_can_be_it(field: str, key: str) -> None:
    with pytest.raises(ValidationError, match=field):
        Brand.model_validate({field: key})


def test_a_logo_may_be_a_drawing_below_static() -> None:
    brand = Brand(logo="static/logo.svg", icon="static/icon.svg", stylesheet="static/site.css")
    assert brand.logo == "static/logo.svg"
    assert Partition(PartitionKind.SITE) == route_of("logo.svg")
