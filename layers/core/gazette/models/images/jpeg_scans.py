"""Estimates the work to decode a JPEG without decoding it (ITU-T T.81, annex B).

A progressive JPEG can have any number of scans, and the decoder visits all pixels in each. A scan
takes sixty bytes, so a file of one megabyte can take minutes.
"""

import re

from gazette.models.limits import MAX_JPEG_SCANS, MAX_JPEG_SEGMENTS
from gazette.models.problems.problems import InvalidEventError, Problem

# Inside a scan a zero or a restart marker follows 0xFF. More 0xFF bytes may fill up.
_MARKER = re.compile(rb"\xff+([^\x00\xff\xd0-\xd7])")
_START, _TEM, _END, _SCAN = 0xD8, 0x01, 0xD9, 0xDA
_WITHOUT_LENGTH = {_START, _TEM}


def check_jpeg_work(raw: bytes) -> None:
    """Check that a JPEG can be decoded in a reasonable time, not that it is valid.

    Raises:
        InvalidEventError: the file has more scans or segments than images have.
    """
    scans = segments = position = 0
    while (found := _MARKER.search(raw, position)) and found[1][0] != _END:
        position = found.end()
        if found[1][0] not in _WITHOUT_LENGTH:
            position += int.from_bytes(raw[position : position + 2])
        segments += 1
        scans += found[1][0] == _SCAN
        if scans > MAX_JPEG_SCANS or segments > MAX_JPEG_SEGMENTS:
            most = f"has more than {MAX_JPEG_SCANS} scans or {MAX_JPEG_SEGMENTS:,} segments"
            raise InvalidEventError(Problem("image", f"{most}; save it as a baseline JPEG"))
