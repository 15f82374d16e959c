"""How much a JPEG has its reader do, told without decoding it (ITU-T T.81, annex B).

A progressive JPEG may hold any number of scans. A scan of sixty bytes makes a decoder go over all
pixels again, so that a file of one megabyte can keep it busy for minutes.
"""

import re

from gazette.models.contract.parsing import InvalidEventError, Problem

# Encoders write about ten scans.
MAX_SCANS = 100
# A file of the largest permitted size has some three hundred full ones.
MAX_SEGMENTS = 2_000
# Inside of a scan 0xFF is followed by a zero or a restart marker; more of it may fill up.
_MARKER = re.compile(rb"\xff+([^\x00\xff\xd0-\xd7])")
_START, _TEM, _END, _SCAN = 0xD8, 0x01, 0xD9, 0xDA
_WITHOUT_LENGTH = {_START, _TEM}


def check_jpeg_work(raw: bytes) -> None:
    """See that a JPEG can be decoded in a reasonable time; whether it can at all is not looked at.

    Raises:
        InvalidEventError: it has more scans or segments than pictures have.
    """
    scans = segments = position = 0
    while (found := _MARKER.search(raw, position)) and found[1][0] != _END:
        position = found.end()
        if found[1][0] not in _WITHOUT_LENGTH:
            position += int.from_bytes(raw[position : position + 2])
        segments += 1
        scans += found[1][0] == _SCAN
        if scans > MAX_SCANS or segments > MAX_SEGMENTS:
            reason = f"has more than {MAX_SCANS} scans or {MAX_SEGMENTS:,} segments"
            raise InvalidEventError(Problem("image", reason))
