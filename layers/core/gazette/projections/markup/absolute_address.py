"""What an address in a text means.

A text stands at many addresses: on the page of its event, which may move, on pages of its
revisions, and in feeds. So an address without a host means an image of the source bucket, a part of
the same text, or a path of the site from its root. Any other means nothing here (SPEC X4, S11).
"""

from urllib.parse import unquote, urljoin, urlsplit

from gazette.models import paths
from gazette.models.contract.identity import is_image_key
from gazette.models.identifiers.urls import canonical_url
from gazette.models.ledger.partitions import PartitionKind
from gazette.models.routes import route_of

LINKED_SCHEMES = frozenset({"mailto", "tel"})
# An event's page is four folders below the root of the site.
_ROOT_OF_EVENT = "../../../../"


def absolute_address(base_url: str, tag: str, value: str) -> str:
    """Return where an address in a text leads, for the tag that has it.

    Raises:
        ValueError: no reader can follow it.
    """
    address = value.strip()
    key = address.removeprefix("/")
    if is_image_key(key):
        # The key that `image.key` takes. The site itself has nothing below images/.
        address = urljoin(base_url, f"{_ROOT_OF_EVENT}{paths.image_path(key)}")
    if not _means_something(base_url, tag, address):
        reason = "is no address of this site"
        raise ValueError(reason)
    address = urljoin(base_url, address)
    is_call = tag == "a" and urlsplit(address).scheme in LINKED_SCHEMES
    return address if is_call else canonical_url(address)


def is_usable(base_url: str, value: str) -> bool:
    """Return whether readers can follow an address."""
    try:
        return bool(absolute_address(base_url, "", value))
    except ValueError:
        return False


def _means_something(base_url: str, tag: str, address: str) -> bool:
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or address.startswith("#"):
        return True
    if tag != "img" and address.startswith("/"):
        return True
    path = urljoin(base_url, parts.path).removeprefix(urljoin(base_url, _ROOT_OF_EVENT))
    return route_of(unquote(path)).kind is PartitionKind.IMAGE
