"""Chooses between HTML and Markdown of a page, as the functions at the edge do (SPEC H5)."""

import re

from gazette.models.formats import HTML, MARKDOWN

# The home page and everything about events: lists of topics have no Markdown.
_NEGOTIATED = re.compile(r"(?:index|news/.*)\.(?:html|md)", re.DOTALL)
_HTML_SUFFIX, _MARKDOWN_SUFFIX = f".{HTML.extension}", f".{MARKDOWN.extension}"
_QUALITY = re.compile(r"q=([01](?:\.\d{0,3})?)", re.ASCII)


def varies(path: str) -> bool:
    """Return whether what is served at a path depends on ``Accept``."""
    return _NEGOTIATED.fullmatch(path) is not None


def negotiated(path: str, accept: str) -> str:
    """Return the path of the document that a client prefers: Markdown if it says so."""
    if not (varies(path) and path.endswith(_HTML_SUFFIX) and prefers_markdown(accept)):
        return path
    return f"{path.removesuffix(_HTML_SUFFIX)}{_MARKDOWN_SUFFIX}"


def prefers_markdown(accept: str) -> bool:
    """Return whether the quality of Markdown exceeds that of HTML (RFC 9110 §12.5.1)."""
    ranges: dict[str, float] = {}
    for part in accept.lower().split(","):
        media_range, *parameters = (field.strip(" \t") for field in part.split(";"))
        ranges[media_range] = next(map(_quality, filter(_is_quality, parameters)), 1.0)
    return _best(ranges, MARKDOWN.media_type) > _best(ranges, HTML.media_type)


def _is_quality(parameter: str) -> bool:
    return parameter.startswith("q=")


def _quality(parameter: str) -> float:
    """Return a quality; one that is none counts as 0."""
    found = _QUALITY.fullmatch(parameter)
    return float(found[1]) if found else 0.0


def _best(ranges: dict[str, float], media_type: str) -> float:
    """Return the quality of a media type: that of the narrowest range which holds it."""
    names = (media_type, f"{media_type.partition('/')[0]}/*", "*/*")
    return next((ranges[name] for name in names if name in ranges), 0.0)
