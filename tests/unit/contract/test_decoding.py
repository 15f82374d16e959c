"""Bytes as publishers store them: UTF-8 and UTF-16 with a mark, and gzip (cases 47 and 48)."""

import codecs
import gzip
import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazette.models.contract.decoding import decoded, text_of
from gazette.models.contract.identity import most_bytes
from gazette.models.contract.parsing import InvalidEventError, parse_document
from gazette.models.limits import MAX_DOCUMENT_BYTES, MAX_IMAGE_BYTES

DOCUMENT = json.dumps({"title": "Ñandú 🦊", "date": "2026-07-04"}, ensure_ascii=False)
MARKS = {
    "utf-8": codecs.BOM_UTF8,
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
}

WRONG = "is wrong; save the document as UTF-8"

# In words of ours, with what to do.
DAMAGED = {
    "has Content-Encoding gzip, but is not packed; upload it without this header",
    "has Content-Encoding gzip, but ends before its end; pack it again",
    "has Content-Encoding gzip, but is damaged; pack it again",
}


def reason_of(raw: bytes, content_encoding: str = "") -> str:
    with pytest.raises(InvalidEventError) as caught:
        parse_document(decoded(raw, content_encoding))
    ((field, reason),) = caught.value.problems
    assert field == "document"
    return reason


@pytest.mark.parametrize("encoding", MARKS)
def test_text_with_a_byte_order_mark_is_read(encoding: str) -> None:
    raw = MARKS[encoding] + DOCUMENT.encode(encoding)
    assert parse_document(raw) == parse_document(DOCUMENT.encode())


@given(st.text(st.characters(exclude_characters="\0")), st.sampled_from(sorted(MARKS)))
def test_any_text_with_a_mark_comes_back(text: str, encoding: str) -> None:
    assert text_of(MARKS[encoding] + text.encode(encoding)) == text


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32"])
def test_wide_characters_without_their_mark_are_refused_with_the_remedy(encoding: str) -> None:
    ascii_only = json.dumps({"title": "A", "date": "2026-07-04"})
    assert reason_of(ascii_only.encode(encoding)) == (
        "holds zero bytes, as UTF-16 without a byte order mark and UTF-32 do; write UTF-8"
    )


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (
            codecs.BOM_UTF16_LE + b"{\x00}",
            f"is not UTF-16: byte 4 {WRONG}",
        ),
        (
            codecs.BOM_UTF16_LE + b"\x00\xdc{\x00",
            f"is not UTF-16: byte 2 {WRONG}",
        ),
        (
            codecs.BOM_UTF16_LE,
            (
                "is not JSON at line 1, column 1: there is no text; "
                'write an object, such as {"title": …}'
            ),
        ),
    ],
)
def test_broken_text_is_refused_by_the_name_of_its_encoding(raw: bytes, reason: str) -> None:
    assert reason_of(raw) == reason


@pytest.mark.parametrize("coding", ["gzip", "x-gzip", "GZip", " gzip ", "gzip,aws-chunked"])
def test_gzip_is_unpacked_where_the_content_encoding_says_so(coding: str) -> None:
    assert decoded(gzip.compress(DOCUMENT.encode()), coding).decode() == DOCUMENT


@pytest.mark.parametrize("coding", ["", "identity", "aws-chunked", "UTF-8", "utf8", "identity, "])
def test_a_content_encoding_that_packs_nothing_changes_nothing(coding: str) -> None:
    packed = gzip.compress(b"as it is")
    assert decoded(packed, coding) == packed


def test_codings_are_undone_from_the_last_to_the_first() -> None:
    twice = gzip.compress(gzip.compress(DOCUMENT.encode()))
    assert decoded(twice, "gzip, gzip").decode() == DOCUMENT


def test_gzip_in_several_members_is_one_document() -> None:
    half = len(DOCUMENT) // 2
    parts = (DOCUMENT[:half], DOCUMENT[half:])
    packed = b"".join(gzip.compress(part.encode()) for part in parts)
    assert decoded(packed, "gzip").decode() == DOCUMENT


@given(st.binary(max_size=2000))
def test_any_bytes_come_back_from_gzip(raw: bytes) -> None:
    assert decoded(gzip.compress(raw), "gzip") == raw


@given(st.binary(min_size=1, max_size=100))
def test_bytes_that_only_claim_to_be_gzip_are_refused(raw: bytes) -> None:
    assert reason_of(raw, "gzip") in DAMAGED


@pytest.mark.parametrize("coding", ["br", "deflate", "zstd", "compress", "gzip, br"])
def test_another_packing_is_refused_with_the_remedy(coding: str) -> None:
    name = coding.rsplit(maxsplit=1)[-1]
    assert reason_of(b"{}", coding) == (
        f"has Content-Encoding {name}; write it with gzip, or without"
    )


def test_a_long_name_of_a_packing_is_cut_in_the_reason() -> None:
    assert f"Content-Encoding {'x' * 40};" in reason_of(b"{}", "x" * 1000)


@pytest.mark.parametrize(
    "raw",
    [
        b"{}",
        gzip.compress(DOCUMENT.encode())[:-9],
        gzip.compress(b"x")[:-8] + b"\x00" * 8,
        gzip.compress(b"x")[:10] + b"\xff\xff" + gzip.compress(b"x")[12:],
    ],
    ids=["plain", "cut", "wrong check sum", "damaged"],
)
def test_damaged_gzip_is_refused(raw: bytes) -> None:
    assert reason_of(raw, "gzip") in DAMAGED


def test_gzip_without_its_content_encoding_is_refused_with_the_remedy() -> None:
    assert reason_of(gzip.compress(b"{}")) == (
        "is packed with gzip; write it with Content-Encoding: gzip, or unpacked"
    )


def test_what_is_packed_counts_by_its_size_when_unpacked() -> None:
    fits = gzip.compress(b" " * MAX_DOCUMENT_BYTES)
    assert len(decoded(fits, "gzip")) == MAX_DOCUMENT_BYTES
    assert reason_of(gzip.compress(b" " * (MAX_DOCUMENT_BYTES + 1)), "gzip") == (
        "is more than 1,048,576 bytes when unpacked; at most 1,048,576 are taken: shorten the body,"
        " or attach its long parts"
    )


def test_a_bomb_is_not_unpacked_beyond_the_bound() -> None:
    """Its check sum is wrong, which only somebody who unpacks all of it would see."""
    packing = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = packing.compress(b"\0" * 50 * MAX_DOCUMENT_BYTES) + packing.flush()
    assert "is more than 1,048,576 bytes" in reason_of(bomb[:-8] + b"\xff" * 8, "gzip")


def test_an_image_may_be_larger_than_a_document() -> None:
    assert most_bytes("events/a.json") == MAX_DOCUMENT_BYTES
    assert most_bytes("images/a.png") == MAX_IMAGE_BYTES
