"""Rules for the files of a publisher below `static/`, which stand at the root of the site."""

from gazette.models import paths
from gazette.models.contract.identity import STATIC, event_key, is_static_key
from gazette.models.identifiers.media_types import media_type_of
from gazette.models.limits import MAX_KEY_BYTES, MAX_STATIC_BYTES
from gazette.models.problems.problems import InvalidEventError, Problem
from gazette.models.routes import is_published_by_site

_UTF_8 = "; charset=utf-8"
# Scripts are left out: the policy of the site (CSP) lets none run.
_TEXTS = frozenset({"asc", "css", "csv", "htm", "html", "ics", "json", "svg", "txt", "xml"})
_OTHERS = frozenset(
    [
        *("avif", "gif", "ico", "jpeg", "jpg", "png", "webp"),
        *("otf", "ttf", "woff", "woff2", "pdf", "webmanifest", "zip"),
    ]
)
# What the table of all media types lacks.
_TYPES = {
    "asc": "text/plain",
    "css": "text/css",
    "ico": "image/vnd.microsoft.icon",
    "otf": "font/otf",
    "ttf": "font/ttf",
    "webmanifest": "application/manifest+json",
    "woff": "font/woff",
    "woff2": "font/woff2",
}
_LISTED = ", ".join(sorted(_TEXTS | _OTHERS))
_STYLESHEET = "css"
_FILE_CLAIM = "file:"


def static_path(key: str) -> str:
    """Return the path of a file on the site: ``static/about.html`` → ``about.html``."""
    return key.removeprefix(STATIC)


def file_path(key: str) -> str:
    """Return the path of an image, or of another file of the source bucket."""
    return static_path(key) if is_static_key(key) else paths.image_path(key)


def why_no_static_key(key: str) -> str | None:
    """Return why an object cannot be a file of the site because of its key, and what to do."""
    if len(key.encode()) > MAX_KEY_BYTES:
        return f"is longer than {MAX_KEY_BYTES} bytes; shorten it"
    path, ending = static_path(key), _ending(key)
    if reason := _why_no_path(path):
        return reason
    if ending not in _TEXTS | _OTHERS:
        return f"ends in .{ending}, which is not published; these endings are: {_LISTED}"
    if is_published_by_site(path):
        return f"would replace /{path}, which Gazette publishes itself; choose another name"
    return None


def _why_no_path(path: str) -> str | None:
    *folders, name = path.split("/")
    if any(part in {"", ".", ".."} for part in (*folders, name)):
        return "has an empty or relative path segment; write a name between two slashes"
    if "\\" in path or not path.isprintable():
        return "has a backslash or an unprintable character; leave it out"
    # On a file system, a document cannot be the folder of another one.
    if any("." in folder.removeprefix(".") for folder in folders):
        return "has a folder with a dot in its name; leave the dot out"
    return None


def why_no_static_image(key: str) -> str | None:
    """Return why a file cannot be an image of the brand."""
    if not static_media_type(key).startswith("image/"):
        return "is no image"
    return why_no_static_key(key)


def why_no_stylesheet(key: str) -> str | None:
    """Return why a file cannot be the stylesheet of the publisher."""
    if not key.startswith(STATIC) or _ending(key) != _STYLESHEET:
        return "is no stylesheet below static/"
    return why_no_static_key(key)


def static_media_type(key: str) -> str:
    """Return the media type of a file by its ending; texts are UTF-8."""
    ending = _ending(key)
    media_type = _TYPES.get(ending) or media_type_of(key)
    return media_type + (_UTF_8 if ending in _TEXTS else "")


def check_static_key(key: str) -> None:
    """Check that a key can be a path of the site.

    Raises:
        InvalidEventError: it cannot.
    """
    if reason := why_no_static_key(key):
        raise InvalidEventError(Problem("key", reason))


def check_static_size(size: int) -> None:
    """Check that a file is not too large; it is read as a whole.

    Raises:
        InvalidEventError: it is.
    """
    if size > MAX_STATIC_BYTES:
        most = f"at most {MAX_STATIC_BYTES:,} are taken: make it smaller, or host it elsewhere"
        raise InvalidEventError(Problem("file", f"is {size:,} bytes; {most}"))


def check_static(key: str, raw: bytes) -> None:
    """Check the bytes of a file.

    Raises:
        InvalidEventError: a text is not UTF-8, as which it would be served.
    """
    check_static_size(len(raw))
    if _ending(key) not in _TEXTS:
        return
    try:
        raw.decode()
    except UnicodeDecodeError as error:
        reason = "is not UTF-8, as which it would be served; save it in this encoding"
        raise InvalidEventError(Problem("file", reason)) from error


def file_claim(key: str) -> str:
    """Return who claims the path of a file, the object at a key; an event claims by its id."""
    return f"{_FILE_CLAIM}{key}"


def claimant_key(claimant: str) -> str:
    """Return the object key of the file or the event that has claimed a name."""
    if claimant.startswith(f"{_FILE_CLAIM}{STATIC}"):
        return claimant.removeprefix(_FILE_CLAIM)
    return event_key(claimant)


def _ending(name: str) -> str:
    return name.rpartition("/")[2].rpartition(".")[2].lower()
