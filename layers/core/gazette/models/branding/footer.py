"""Links at the foot of every page: about, contact, licence, corrections policy, and others."""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from gazette.models.characters import drop_unprintable, one_line, shorten
from gazette.models.identifiers.urls import canonical_url
from gazette.models.limits import MAX_FOOTER_BYTES, MAX_FOOTER_LINKS, MAX_FOOTER_NAME_CHARACTERS
from gazette.models.problems.messages import did_you_mean

# Each has a label in the catalogue of texts. Any other name is the label itself.
POLICY = "corrections"
KNOWN_NAMES = ("about", "contact", POLICY, "licence")
_KEYWORD = re.compile(r"[a-z_-]+")
_MAIL = re.compile(r"mailto:[^@\s<>\"]+@[^@\s<>\"]+")
_PATH = re.compile(r"/(?:[^/\s<>\"\\][^\s<>\"\\]*)?")


class FooterLink(NamedTuple):
    """A name, and an address: http, https, mailto, or a path of the site that begins with /."""

    name: str
    url: str


def read_footer(written: object) -> object:
    """Read footer links from a table of names and addresses, or from ``name=address`` and commas.

    Raises:
        ValueError: a link cannot be published.
    """
    if isinstance(written, str):
        written = _split(written)
    if not isinstance(written, Mapping):
        return written  # links that were read before
    links = tuple(_link(str(name), url) for name, url in written.items())
    if len(links) > MAX_FOOTER_LINKS or len(write_footer(links).encode()) > MAX_FOOTER_BYTES:
        reason = (
            f"has more than {MAX_FOOTER_LINKS} links, or more than {MAX_FOOTER_BYTES:,} bytes;"
            " leave some out"
        )
        raise ValueError(reason)
    return links


def write_footer(links: Iterable[FooterLink]) -> str:
    """Write footer links as one text, the inverse of `read_footer`."""
    return ",".join(f"{name}={url.replace(',', '%2C')}" for name, url in links)


def _split(text: str) -> dict[str, str]:
    links = (part.partition("=") for part in text.split(",") if part.strip())
    return {name.strip(): url.strip() for name, _, url in links}


def _link(name: str, url: object) -> FooterLink:
    label = one_line(drop_unprintable(name))
    shown = shorten(label, MAX_FOOTER_NAME_CHARACTERS)
    if not label or label != shown or set(label) & set(",="):
        reason = (
            f"has the name {shown!r}; a name has 1 to {MAX_FOOTER_NAME_CHARACTERS} characters,"
            " without comma and equals sign"
        )
        raise ValueError(reason)
    if _KEYWORD.fullmatch(label) and label not in KNOWN_NAMES:
        meant = did_you_mean(label, KNOWN_NAMES) or f"the known names are {', '.join(KNOWN_NAMES)}"
        reason = f"has the unknown name {label}; {meant}; begin a label of your own with a capital"
        raise ValueError(reason)
    return FooterLink(label, _address(label, url))


def _address(name: str, url: object) -> str:
    written = url.strip() if isinstance(url, str) else ""
    if _MAIL.fullmatch(written) or _PATH.fullmatch(written):
        return written
    try:
        return canonical_url(written)
    except ValueError as error:
        reason = (
            f"has no address for {name}; write https://…, mailto:…, or a path of the site such as"
            " /about.html"
        )
        raise ValueError(reason) from error
