"""Reads the bytes of a source: a file, or an http(s) address within bounds of size and time."""

import gzip
import io
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import NamedTuple

from gazette import __version__
from gazette.models.contract.decoding import UNPACKING_ERRORS, is_packed
from gazette_cli.engines.sources import SourceError

MAX_FILE_BYTES = 512 * 1024 * 1024
MAX_ANSWER_BYTES = 32 * 1024 * 1024
# Of one wait, and of the whole answer: one that trickles must end, too.
_WAIT_SECONDS, _MAX_SECONDS = 20, 120
_CHUNK_BYTES = 64 * 1024
_ERRORS = 400  # redirects have lower numbers (RFC 9110 §15)
_SCHEMES = ("http://", "https://")


class Fetched(NamedTuple):
    """The bytes of a source, and the address where they are after redirects; of a file, none."""

    data: bytes
    address: str = ""


class NotFetchedError(SourceError):
    """An address cannot be read."""


class _HttpRedirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects to http and https; the library would go on to ftp, too."""

    def redirect_request(  # noqa: PLR0913, PLR0917  # the library's signature
        self,
        req: urllib.request.Request,
        fp: object,
        code: int,
        msg: str,
        headers: object,
        newurl: str,
    ) -> urllib.request.Request | None:
        if not is_address(newurl):
            raise NotFetchedError(
                f"{req.full_url}: leads to {newurl}, which is no http(s) address; correct it"
            )
        return super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]


def is_address(source: str) -> bool:
    return source.lower().startswith(_SCHEMES)


def read_source_bytes(source: str) -> Fetched:
    """Read a file or an address.

    Raises:
        SourceError: it cannot be read, or is too large.
        OSError: the file cannot be read.
    """
    return fetch(source) if is_address(source) else Fetched(read_file(Path(source)))


def read_file(file: Path, most: int = MAX_FILE_BYTES) -> bytes:
    """Read a file.

    Raises:
        SourceError: it is larger.
        OSError: it cannot be read.
    """
    if file.stat().st_size > most:
        raise SourceError(f"{file}: is larger than {most:,} bytes; split it")
    return file.read_bytes()


def fetch(address: str, most: int = MAX_ANSWER_BYTES) -> Fetched:
    """Read an address.

    Raises:
        NotFetchedError: it does not answer in time, with too much, or with an error.
    """
    headers = {"User-Agent": f"gazette/{__version__}", "Accept-Encoding": "identity"}
    try:
        request = urllib.request.Request(address, headers=headers)  # noqa: S310  # http(s), see _opener
        with _opener().open(request, timeout=_WAIT_SECONDS) as answer:
            return Fetched(_unpacked(_read(answer, address, most), address, most), answer.url)
    except urllib.error.HTTPError as error:
        error.close()
        leads = "leads to what is no http(s) address, or to itself" if error.code < _ERRORS else ""
        reason = leads or f"is answered by {error.code}"
        raise NotFetchedError(f"{address}: {reason}; correct the address") from error
    except (OSError, HTTPException, ValueError) as error:
        reason = "does not answer; correct the address, or try again later"
        raise NotFetchedError(f"{address}: {reason}") from error


def _opener() -> urllib.request.OpenerDirector:
    """Return a client that knows http and https, and no files."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        _HttpRedirects(),
    ):
        opener.add_handler(handler)
    return opener


def _read(
    answer: HTTPResponse, address: str, most: int, clock: Callable[[], float] = time.monotonic
) -> bytes:
    end, data = clock() + _MAX_SECONDS, bytearray()
    while chunk := answer.read1(_CHUNK_BYTES):
        data += chunk
        if len(data) > most:
            raise NotFetchedError(f"{address}: is larger than {most:,} bytes; save it as a file")
        if clock() > end:
            raise NotFetchedError(f"{address}: takes longer than {_MAX_SECONDS} s; save it as file")
    return bytes(data)


def _unpacked(data: bytes, address: str, most: int) -> bytes:
    """Unpack what a server has packed with gzip without being asked."""
    if not is_packed(data[:2]):
        return data
    try:
        with gzip.open(io.BytesIO(data)) as stream:
            found = stream.read(most + 1)
    except UNPACKING_ERRORS as error:
        raise NotFetchedError(f"{address}: is packed with gzip, and damaged") from error
    if len(found) > most:
        raise NotFetchedError(f"{address}: is larger than {most:,} bytes; save it as a file")
    return found
