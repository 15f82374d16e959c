"""What is read of the web is bounded in bytes and time, and only http and https are read."""

import gzip
import urllib.request
from http.client import HTTPResponse
from pathlib import Path
from typing import cast

import pytest

from gazette_cli.engines.sources import SourceError
from gazette_cli.importers import reading
from gazette_cli.importers.reading import NotFetchedError, fetch, read_file
from tests.cli.importers.web import Answer, web


def test_an_answer_is_read_up_to_its_bound() -> None:
    answers = {
        "/small": Answer(b"x" * 10),
        "/large": Answer(b"x" * 11),
        "/packed": Answer(gzip.compress(b"x" * 10)),
        "/bomb": Answer(gzip.compress(b"x" * 1_000)),
        "/damaged": Answer(gzip.compress(b"x" * 10)[:-6]),
    }
    with web(answers) as address:
        assert fetch(f"{address}/small", 10).data == b"x" * 10
        assert fetch(f"{address}/packed", 100).data == b"x" * 10
        for path, reason in (("large", "larger than 10"), ("damaged", "damaged")):
            most = 10 if path == "large" else 100
            with pytest.raises(NotFetchedError, match=reason):
                fetch(f"{address}/{path}", most)
        with pytest.raises(NotFetchedError, match="larger than 100"):
            fetch(f"{address}/bomb", 100)


def test_an_answer_that_trickles_ends() -> None:
    class Trickle:
        def read1(self, _: int) -> bytes:
            return b"x"

    times = iter(range(0, 1_000, 50))
    with pytest.raises(NotFetchedError, match="takes longer than 120 s"):
        reading._read(
            cast("HTTPResponse", Trickle()), "http://a.example/", 1_000, lambda: float(next(times))
        )


def test_redirects_are_followed_to_http_only_and_not_in_circles() -> None:
    answers = {
        "/once": Answer(status=301, location="/end"),
        "/end": Answer(b"x"),
        "/circle": Answer(status=302, location="/circle"),
        "/ftp": Answer(status=302, location="ftp://a.example/"),
    }
    with web(answers) as address:
        fetched = fetch(f"{address}/once")
        assert (fetched.data, fetched.address) == (b"x", f"{address}/end")
        for path in ("circle", "ftp"):
            with pytest.raises(NotFetchedError, match="address"):
                fetch(f"{address}/{path}")


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://a.example/", "data:,x"])
def test_no_client_for_files_is_there(address: str) -> None:
    opener = reading._opener()
    # The library answers a scheme that it does not know with nothing.
    assert opener.open(urllib.request.Request(address)) is None  # noqa: S310  # that is tested


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"xxx")
    assert read_file(file, 3) == b"xxx"
    with pytest.raises(SourceError, match="is larger than 2 bytes; split it"):
        read_file(file, 2)
