"""Aliases: addresses that an event had elsewhere, as paths of this site.

Only the path of an alias counts. The documents at an alias are named as the distribution asks for
them: a folder by its ``index``, a document by its extension.
"""

import re
from urllib.parse import unquote, unquote_to_bytes, urlsplit

from gazette.models import limits
from gazette.models.characters import bytes_in_json, drop_unprintable, is_blank
from gazette.models.formats import FILE_TYPES, FORMATS, ViewKind
from gazette.models.ledger.partitions import Partition, PartitionKind
from gazette.models.routes import route_of
from gazette.models.site import encoded_path

_INDEX = "index"
_RELATIVE = frozenset({".", ".."})
_SHOWN = 40
_SCHEMES = frozenset({"", "http", "https"})
_EXTENSIONS = tuple(f".{row.extension}" for row in FORMATS if ViewKind.MOVED in row.renders)
# On a file system, a document cannot be the folder of another one.
_OF_DOCUMENTS = tuple({f".{name}" for name in (*FILE_TYPES, *(row.extension for row in FORMATS))})
_CONTROL, _STRANGE = re.compile(r"[\t\r\n]"), "has characters that no path can have"
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_NOT_IN_PATHS = re.compile(r"%2f|%5c|\\", re.IGNORECASE)


def canonical_alias(text: str) -> str:
    """Return the path of an alias as it stands in an address, such as ``/2019/05/a-title/``.

    Raises:
        ValueError: nothing of this site can be there.
    """
    base_path = _base_path(_path_of(text))
    _refuse_if(reason := _why_not(base_path), reason)
    if base_path.endswith(f"/{_INDEX}"):
        return f"/{encoded_path(base_path.removesuffix(_INDEX))}"
    return f"/{encoded_path(base_path)}.html"


def alias_path(alias: str) -> str:
    """Return the base path of the documents at an alias that `canonical_alias` returned."""
    path = unquote(alias.removeprefix("/"))
    return f"{path}{_INDEX}" if path.endswith("/") else path.removesuffix(".html")


def is_canonical(alias: str) -> bool:
    """Return whether documents may be at an alias: one of an older release may be any text."""
    try:
        return canonical_alias(alias) == alias
    except ValueError:
        return False


def _path_of(text: str) -> str:
    """Return the decoded path of a path or an address, without the slash before it."""
    _refuse_if(is_blank(text), "is blank")
    _refuse_if(_CONTROL.search(text), _STRANGE)
    try:
        parts = urlsplit(text.strip())
    except ValueError:
        parts = urlsplit("no:path")
    is_address = bool(parts.scheme and parts.netloc)
    is_path = not parts.scheme and not parts.netloc
    _refuse_if(parts.scheme not in _SCHEMES or not (is_address or is_path), "is no path")
    has_more = bool(parts.query or parts.fragment) or text.strip().endswith(("?", "#"))
    _refuse_if(has_more, "has a query or a fragment, which no document can have")
    is_strange = _NOT_IN_PATHS.search(parts.path) or _STRAY_PERCENT.search(parts.path)
    _refuse_if(is_strange, "has a backslash, an encoded slash, or a percent sign of its own")
    try:
        path = unquote_to_bytes(parts.path).decode()
    except UnicodeDecodeError:
        path = "\0"
    _refuse_if(drop_unprintable(path) != path or _CONTROL.search(path), _STRANGE)
    return path.removeprefix("/")


def _base_path(path: str) -> str:
    """Return a path without extension; a last name without a dot is a folder."""
    folder, _, name = path.rpartition("/")
    for extension in _EXTENSIONS:
        if name.endswith(extension) and name != extension:
            return path.removesuffix(extension)
    _refuse_if(
        "." in name and name not in _RELATIVE,
        f"ends in {name[-_SHOWN:]}; it may end in a slash, in a name without a dot, or in "
        f"{', '.join(_EXTENSIONS)}",
    )
    return f"{path.removesuffix('/')}/{_INDEX}" if name or folder else _INDEX


def _why_not(base_path: str) -> str:
    """Return why no document of an alias can be at a base path, empty if it can."""
    *folders, name = base_path.split("/")
    if any(part in {"", *_RELATIVE} or is_blank(part) for part in (*folders, name)):
        return "has an empty or relative segment"
    if any(part.endswith(_OF_DOCUMENTS) for part in folders):
        return "has a folder that is named like a document"
    if any(len(part.encode()) > limits.MAX_SLUG_BYTES for part in (*folders, name)):
        return f"has a segment of more than {limits.MAX_SLUG_BYTES} bytes; leave the alias out"
    if bytes_in_json(base_path) > limits.MAX_ALIAS_BYTES:
        return f"is longer than {limits.MAX_ALIAS_BYTES} bytes"
    own = Partition(PartitionKind.PATH, base_path)
    if any(route_of(base_path + extension) != own for extension in _EXTENSIONS):
        return "is an address that Gazette publishes itself; leave the alias out"
    return ""


def _refuse_if(is_wrong: object, reason: str) -> None:
    if is_wrong:
        raise ValueError(reason)
