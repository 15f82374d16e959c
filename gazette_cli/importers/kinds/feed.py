"""Imports a feed and its archive, from a file or an http(s) address.

It follows the links of archived feeds (RFC 5005), and the next_url of JSON Feed, on the host of the
feed only, and not for ever.
"""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from gazette.models.problems.problems import Problem
from gazette_cli.engines.file_errors import file_reason
from gazette_cli.engines.sources import SourceError
from gazette_cli.importers.draft import Draft, Found, ImportOptions, LeftOut
from gazette_cli.importers.kinds.feed_item import FeedPage
from gazette_cli.importers.kinds.json_feed import read_json_page
from gazette_cli.importers.kinds.xml_feed import read_xml_page
from gazette_cli.importers.reading import is_address, read_source_bytes

MAX_PAGES = 2_000
_MARKS = b"\xef\xbb\xbf \t\r\n"


def read_feed(options: ImportOptions, most: int = MAX_PAGES) -> Iterator[Found]:
    """Yield the events of a feed, the newest first, each once.

    Raises:
        SourceError: its first document cannot be read, or is no feed.
        OSError: the file cannot be read.
    """
    page, address = _read_page(options.source)
    known: set[str] = set()
    read = {options.source, address}
    for number in range(1, most + 1):
        yield from _unknown(page, known)
        older = urljoin(address, page.older) if is_address(address) else page.older
        if not page.older or older in read:
            return
        source, reason = _next_source(older, address)
        if not reason and number == most:
            reason = f"are not read after {most:,} documents; import that address by itself"
        if not reason:
            read.add(older)
            try:
                page, address = _read_page(source)
            except SourceError as error:
                reason = str(error).removeprefix(f"{source}: ")
            except OSError as error:
                reason = file_reason(error)
        if reason:
            yield LeftOut(f"older entries at {older}", Problem("feed", reason))
            return


def _read_page(source: str) -> tuple[FeedPage, str]:
    """Read a document; also return where it is, an address after redirects."""
    fetched = read_source_bytes(source)
    address = fetched.address or source
    is_json = fetched.data.lstrip(_MARKS).startswith(b"{")
    read = read_json_page if is_json else read_xml_page
    return read(fetched.data, address), address


def _unknown(page: FeedPage, known: set[str]) -> Iterator[Found]:
    """Yield what no newer document had: an archive may repeat entries of the live feed."""
    here = set()
    for found in page.found:
        name = found.event_id if isinstance(found, Draft) else found.label
        if name not in known:
            here.add(name)
            yield found
    known |= here


def _next_source(older: str, address: str) -> tuple[str, str]:
    """Return where older entries are read from, or why they are not."""
    if is_address(address):
        if is_address(older) and urlsplit(older).netloc == urlsplit(address).netloc:
            return older, ""
        return "", "are on another host; import that address by itself"
    folder = Path(address).parent.resolve()
    file = (folder / older).resolve()
    if "://" not in older and file.is_relative_to(folder) and file.is_file():
        return str(file), ""
    return "", "are not read from the web for a file; import the address of the feed"
