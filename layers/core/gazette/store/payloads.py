"""How the payload of an item is stored in DynamoDB: compressed, where that makes it smaller.

DynamoDB charges by size. Most bytes of a ledger are texts on time lines, which are read many times.
"""

import zlib

# A shorter payload is charged the same, and stays readable in the table. A longer one always takes
# less: a byte of UTF-8 has at most seven bits that are not known.
_LEAST_BYTES = 512
_LEVEL = 6


def pack(payload: str) -> str | bytes:
    """Return a short payload as text, and any other as bytes of zlib, which take less."""
    raw = payload.encode()
    if len(raw) < _LEAST_BYTES:
        return payload
    return zlib.compress(raw, _LEVEL)


def unpack(stored: bytes) -> str:
    """Return the payload of bytes that `pack` made."""
    return zlib.decompress(stored).decode()
