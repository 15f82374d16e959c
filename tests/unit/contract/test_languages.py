import re

import pytest
from babel.core import get_global
from hypothesis import given
from hypothesis import strategies as st

from gazette.models.identifiers.iso_639 import SHORTER
from gazette.models.identifiers.languages import canonical_language, direction


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("EN", "en"),
        ("pt-br", "pt-BR"),
        ("ZH-HANT-tw", "zh-Hant-TW"),
        ("es-419", "es-419"),
        ("sl-rozaj", "sl-rozaj"),
        ("de-ch-1996", "de-CH-1996"),
        ("EN-u-CA-Grego", "en-u-ca-grego"),
        ("X-Gazette-AB", "x-gazette-ab"),
        ("gsw", "gsw"),
        ("be-TARASK", "be-tarask"),
        ("eng", "en"),
        ("GER-at", "de-AT"),
        ("zho-Hant", "zh-Hant"),
        ("chi", "zh"),
        ("cmn-Hans", "cmn-Hans"),
    ],
)
def test_a_tag_is_written_as_rfc_5646_recommends(written: str, canonical: str) -> None:
    assert canonical_language(written) == canonical
    assert canonical_language(canonical) == canonical


def test_no_code_of_three_letters_stands_where_one_of_two_is_registered() -> None:
    """CLDR has the same codes, and individual languages, which keep their own."""
    from_cldr = get_global("language_aliases")
    elsewhere = {"twi": "ak", "tgl": "fil"}  # CLDR has no data for the code of its own
    assert len(SHORTER) == 205
    for longer, shorter in SHORTER.items():
        assert len(longer) == 3
        assert canonical_language(shorter) == shorter
        assert from_cldr.get(longer, shorter) == elsewhere.get(longer, shorter)


@pytest.mark.parametrize(
    "tag", ["", "e", "english language", "en_GB", "en-", "-en", "en-123456789", "dé", "x", "en\n"]
)
def test_an_invalid_language_tag_is_refused(tag: str) -> None:
    with pytest.raises(ValueError, match="is not a BCP 47 language tag"):
        canonical_language(tag)


@pytest.mark.parametrize(
    ("tag", "read"),
    [
        ("ar", "rtl"),
        ("he-IL", "rtl"),
        ("en", "ltr"),
        ("az-Arab", "rtl"),
        ("ar-Latn", "ltr"),
        ("ks-Deva-IN", "ltr"),
        ("de-1996", "ltr"),
        ("azb", "rtl"),
        ("pnb", "rtl"),
        ("arc", "rtl"),
        ("ku", "ltr"),
        ("ku-IQ", "rtl"),
        ("pa-PK", "rtl"),
        ("pa-IN", "ltr"),
        ("x-gazette", "ltr"),
        ("qqq", "ltr"),
    ],
)
def test_the_script_says_how_a_language_is_read_and_else_the_language(tag: str, read: str) -> None:
    assert direction(tag) == read


@given(st.from_regex(r"[A-Za-z]{3}(-[A-Za-z0-9]{1,8}){0,4}", fullmatch=True))
def test_case_never_makes_another_tag(tag: str) -> None:
    assert canonical_language(tag.upper()) == canonical_language(tag.lower())


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("english", "did you mean en? "),
        ("Deutsch", "did you mean de? "),
        ("French", "did you mean fr? "),
        ("spanish-mx", "did you mean es? "),
        ("xx", ""),
        ("klingonish", None),
    ],
)
def test_a_language_that_is_not_registered_is_refused(written: str, meant: str | None) -> None:
    """Case 74."""
    reason = "is not a BCP 47 language tag"
    if meant is not None:
        reason = f"is no registered language; {meant}write a tag such as en, pt-BR or zh-Hant"
    with pytest.raises(ValueError, match="^" + re.escape(reason)):
        canonical_language(written)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("en_us", "; did you mean en-US?"), ("xx_US", ""), ("_", ""), ("en--US", "")],
)
def test_a_locale_is_no_language_tag_and_says_which_one_is(written: str, meant: str) -> None:
    with pytest.raises(ValueError, match=f"^is not a BCP 47 language tag{re.escape(meant)}$"):
        canonical_language(written)


def test_the_two_letter_codes_are_all_that_babel_knows() -> None:
    known = {key for key in get_global("likely_subtags") if len(key) == 2}
    known |= {key for key in get_global("language_aliases") if len(key) == 2}
    assert [canonical_language(code) for code in sorted(known)] == sorted(known)
