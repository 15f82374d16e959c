"""Bloom filters: sets of words, of which only the size grows with the number of words.

A filter has one byte a word. It finds every word that is in it, and takes two of a hundred others
for words that are in it as well. No word can be read from it. The script of the search page reads
it (renderers/pages/assets/search.js).
"""

from base64 import b64encode
from collections.abc import Collection, Iterator

_HASHES = 5
# FNV-1a of 32 bits.
_OFFSET, _PRIME, _MASK = 0x811C9DC5, 0x01000193, 0xFFFFFFFF
_ROTATED = 15


def word_filter(words: Collection[str]) -> str:
    """Return the filter of some words in base 64; without words it is empty."""
    bits = bytearray(len(words))
    for word in words:
        for position in _positions(word, 8 * len(bits)):
            bits[position >> 3] |= 1 << (position & 7)
    return b64encode(bits).decode()


def _positions(word: str, size: int) -> Iterator[int]:
    """Yield the positions of a word: two hashes make all others (Kirsch and Mitzenmacher)."""
    value = _OFFSET
    for byte in word.encode():
        value = ((value ^ byte) * _PRIME) & _MASK
    step = ((value << _ROTATED | value >> (32 - _ROTATED)) & _MASK) | 1
    for number in range(_HASHES):
        yield ((value + number * step) & _MASK) % size
