"""Aliases: which addresses a document can be at, and how they are written."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazette.models import limits
from gazette.models.contract.aliases import alias_path, canonical_alias, is_canonical
from gazette.models.contract.document import EventDocument
from gazette.models.contract.parsing import InvalidEventError, parse, parse_document
from gazette.models.contract.stored_document import read_stored, written
from gazette.models.formats import FORMATS, ViewKind
from gazette.models.ledger.partitions import Partition, PartitionKind
from gazette.models.problems.remedies import REMEDIES
from gazette.models.routes import route_of
from tests.unit.publish.worlds import document_of

EXTENSIONS = [row.extension for row in FORMATS if ViewKind.MOVED in row.renders]


@pytest.mark.parametrize(
    ("written_as", "alias", "base_path"),
    [
        ("/2019/05/bridge/", "/2019/05/bridge/", "2019/05/bridge/index"),
        ("/2019/05/bridge", "/2019/05/bridge/", "2019/05/bridge/index"),
        ("2019/05/bridge", "/2019/05/bridge/", "2019/05/bridge/index"),
        ("/2019/05/bridge/index.html", "/2019/05/bridge/", "2019/05/bridge/index"),
        (" https://old.example/bridge ", "/bridge/", "bridge/index"),
        ("HTTP://old.example:8080/bridge.html", "/bridge.html", "bridge"),
        ("/bridge.md", "/bridge.html", "bridge"),
        ("/v1.2/bridge.json", "/v1.2/bridge.html", "v1.2/bridge"),
        ("/a.b.xml", "/a.b.html", "a.b"),
        ("/año/la niña/", "/a%C3%B1o/la%20ni%C3%B1a/", "año/la niña/index"),
        ("/a%C3%B1o/%3f", "/a%C3%B1o/%3F/", "año/?/index"),
        ("/a+b/", "/a%2Bb/", "a+b/index"),
        ("/news/bridge/", "/news/bridge/", "news/bridge/index"),
        ("/news/2019/05/3/bridge.html", "/news/2019/05/3/bridge.html", "news/2019/05/3/bridge"),
        ("/feed/", "/feed/", "feed/index"),
        ("/:a", "/:a/", ":a/index"),
    ],
)
def test_an_alias_is_a_folder_or_a_page_of_this_site(
    written_as: str, alias: str, base_path: str
) -> None:
    assert canonical_alias(written_as) == alias
    assert canonical_alias(alias) == alias
    assert alias_path(alias) == base_path
    assert is_canonical(alias)


@pytest.mark.parametrize(
    ("alias", "reason"),
    [
        ("\u200b", "is blank"),
        ("/a\tb", "characters that no path can have"),
        ("/a%00b", "characters that no path can have"),
        ("/a%0ab", "characters that no path can have"),
        ("/%ff/", "characters that no path can have"),
        ("/a%2fb", "encoded slash"),
        ("/a%5Cb", "backslash"),
        ("/a\\b", "backslash"),
        ("/100%", "percent sign"),
        ("/?p=123", "query"),
        ("/a?", "query"),
        ("/a#b", "fragment"),
        ("mailto:a@b.example", "is no path"),
        ("https:/a", "is no path"),
        ("//old.example/a", "is no path"),
        ("http://[::1/a", "is no path"),
        ("/a//b", "empty or relative"),
        ("/ /b", "empty or relative"),
        ("/../a", "empty or relative"),
        ("/a/..", "empty or relative"),
        ("/a/.", "empty or relative"),
        ("/%2e%2E/a", "empty or relative"),
        ("/a.php", r"ends in a\.php; it may end in a slash"),
        ("/a.", r"ends in a\.; "),
        ("/a/.html", r"ends in \.html; "),
        ("/a.html/b", "a folder that is named like a document"),
        ("/feed.rss/b", "a folder that is named like a document"),
        ("/" + "x" * 201, "more than 200 bytes"),
        ("/" + "/".join(["ж" * 80] * 2), "longer than 300 bytes"),
    ],
)
def test_an_alias_that_no_document_can_be_at_is_refused_with_a_remedy(
    alias: str, reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        canonical_alias(alias)
    assert not is_canonical(alias)
    with pytest.raises(InvalidEventError) as caught:
        parse_document(document_of(aliases=["/fine/", alias]))
    (problem,) = {problem.field.partition(".")[0] for problem in caught.value.problems}
    assert problem == "aliases"


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/index.html", "/feed.xml", "/404.html", "/sitemap.xml", "/sitemap-2.html"),
        *("/news-sitemap.xml", "/robots.html", "/news/", "/news/2019/", "/news/2019/05/"),
        *("/news/2019/05/3/", "/news/2019/05/03/", "/news/2019/05/3/bridge.r2.html"),
        *("/news/2019/05/3/bridge.history.json", "/news/2019/05/3/index.from-9.html"),
        *("/topics/", "/topics/x.html", "/topics/x/y/z/", "/categories/a/", "/updates/x/"),
        *("/updates.html", "/corrections/", "/archive/0000.html", "/assets/gazette/", "/image/x"),
        *("/images/x.html", "/thumbnails/320/a/", "/sitemaps/x/", "/schemas/event.json"),
        *("/static/a/", "/.well-known/a/"),
    ],
)
def test_an_alias_never_takes_an_address_that_gazette_publishes(path: str) -> None:
    with pytest.raises(ValueError, match="Gazette publishes itself; leave the alias out"):
        canonical_alias(path)


@given(
    st.lists(st.sampled_from(["news", "2019", "05", "3", "index", "feed", "a.b", "é", "..", ""]))
    | st.text(max_size=40).map(lambda text: text.split("/")),
    st.sampled_from(["", "/", ".html", ".xml", "?a", "%2e", "%20x"]),
)
def test_all_documents_of_any_alias_belong_to_its_claim(parts: list[str], end: str) -> None:
    """So no alias can be where a feed, a list or another event has a document."""
    try:
        alias = canonical_alias("/" + "/".join(parts) + end)
    except ValueError:
        return
    base_path = alias_path(alias)
    own = Partition(PartitionKind.PATH, base_path)
    assert {route_of(f"{base_path}.{extension}") for extension in EXTENSIONS} == {own}
    assert canonical_alias(alias) == alias
    assert not {"", ".", ".."}.intersection(base_path.split("/"))


def test_equal_aliases_are_named_once_in_their_order() -> None:
    aliases = ["/b/", "/a.html", "https://old.example/b", "/a.md", "/b/index.html"]
    assert parse_document(document_of(aliases=aliases)).aliases == ("/b/", "/a.html")


def test_aliases_are_refused_by_number_length_and_type() -> None:
    most = [f"/{number}/" for number in range(limits.MAX_ALIASES)]
    assert parse_document(document_of(aliases=most)).aliases == tuple(most)
    for aliases, reason in (
        ([*most, "/more/"], "aliases: has more than 10 items; shorten it"),
        ("/a/", f"aliases: is not a list; {REMEDIES['aliases']}"),
        ([1], r"aliases\.0: is not a text; write a list of paths"),
        (["/" + "a/" * 1000], r"aliases\.0: has more than 2,000 characters; shorten it"),
        (["/a/", "/b?c"], rf"aliases\.1: has a query.*; {REMEDIES['aliases'][:20]}"),
        (["/a\u0007/"], "aliases: holds a control character; write a list"),
        (["/\u202eb/"], "aliases: holds a control character; write a list"),
        (["  "], r"aliases\.0: is blank; write a list"),
    ):
        pattern = reason.replace("[", r"\[")
        with pytest.raises(InvalidEventError, match=pattern):
            parse_document(document_of(aliases=aliases))


def test_a_misspelt_field_is_reported_with_the_right_one() -> None:
    said = dict(parse(document_of(alias=["/a/"], guids="x", redirect_from=["/a/"])).remarks)
    assert "did you mean aliases?" in said["alias"]
    assert "did you mean guid?" in said["guids"]
    assert "did you mean aliases?" in said["redirect_from"]


@pytest.mark.parametrize("value", [5, {"a": 1}, "x", [1], ["/a/?b"], None])
def test_what_an_older_release_accepted_under_these_names_can_still_be_read(value: object) -> None:
    fields = {"title": "A", "date": "2026-07-04", "guid": value, "aliases": value}
    document = read_stored(json.dumps(fields))
    assert document.title == "A"
    assert document.guid in {None, "x"}
    assert document.aliases in {(), ("/a/?b",)}


def test_stored_aliases_and_guids_are_read_as_they_were_written() -> None:
    document = parse_document(document_of(guid="urn:x-old:5", aliases=["/a/", "/b.html"]))
    again = read_stored(written(document))
    assert isinstance(document, EventDocument)
    assert (again.guid, again.aliases) == ("urn:x-old:5", ("/a/", "/b.html"))
