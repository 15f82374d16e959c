"""Turns the stored bytes of an object into text: unpacks them, and finds their encoding."""

import codecs
import gzip
import zlib
from io import BytesIO
from typing import NoReturn

from gazette.models.limits import MAX_DOCUMENT_BYTES
from gazette.models.problems.problems import InvalidEventError, Problem

_GZIP = frozenset({"gzip", "x-gzip"})
# S3 clients name the way they sent an object (aws-chunked), or its characters, in this header. The
# bytes are as they were.
_UNCHANGED = frozenset({"", "identity", "aws-chunked", "utf-8", "utf8"})
_GZIP_MAGIC = b"\x1f\x8b"
_SHORTEN = f"at most {MAX_DOCUMENT_BYTES:,} are taken: shorten the body, or attach its long parts"
# What the library raises for data that is damaged or not whole.
UNPACKING_ERRORS = (gzip.BadGzipFile, EOFError, zlib.error)


def is_packed(raw: bytes) -> bool:
    """Return whether bytes begin as gzip does."""
    return raw.startswith(_GZIP_MAGIC)


def why_not_unpacked(error: Exception) -> str:
    """Say what is wrong with packed data; the error is one of `UNPACKING_ERRORS`."""
    return "ends before its end" if isinstance(error, EOFError) else "is damaged"


def too_large(size: int) -> str:
    """Say that a document has too many bytes, and what to do."""
    return f"is {size:,} bytes; {_SHORTEN}"


def decoded(raw: bytes, content_encoding: str, most: int = MAX_DOCUMENT_BYTES) -> bytes:
    """Undo the Content-Encoding of an object (RFC 9110 §8.4), the last coding first.

    It never unpacks more than one byte over ``most``, so a small object cannot fill the memory.

    Raises:
        InvalidEventError: the coding is not gzip, the bytes are damaged, or there are too many.
    """
    for coding in reversed(content_encoding.lower().split(",")):
        name = coding.strip()
        if name in _GZIP:
            raw = _unpacked(raw, most)
        elif name not in _UNCHANGED:
            _refuse(f"has Content-Encoding {name[:40]}; write it with gzip, or without")
    return raw


def text_of(raw: bytes) -> str:
    """Read UTF-8, or UTF-16 that begins with a byte order mark, and drop the mark.

    Raises:
        InvalidEventError: the bytes are in another encoding.
    """
    is_utf16 = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    encoding, name = ("utf-16", "UTF-16") if is_utf16 else ("utf-8-sig", "UTF-8")
    if is_packed(raw):
        _refuse("is packed with gzip; write it with Content-Encoding: gzip, or unpacked")
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        _refuse(f"is not {name}: byte {error.start} is wrong; save the document as UTF-8")
    if "\0" in text:
        _refuse("holds zero bytes, as UTF-16 without a byte order mark and UTF-32 do; write UTF-8")
    return text


def _unpacked(raw: bytes, most: int) -> bytes:
    if not is_packed(raw):
        _refuse("has Content-Encoding gzip, but is not packed; upload it without this header")
    try:
        with gzip.GzipFile(fileobj=BytesIO(raw)) as packed:
            unpacked = packed.read(most + 1)
    except UNPACKING_ERRORS as error:
        _refuse(f"has Content-Encoding gzip, but {why_not_unpacked(error)}; pack it again")
    if len(unpacked) > most:
        _refuse(f"is more than {most:,} bytes when unpacked; {_SHORTEN}")
    return unpacked


def _refuse(reason: str) -> NoReturn:
    raise InvalidEventError(Problem("document", reason))
