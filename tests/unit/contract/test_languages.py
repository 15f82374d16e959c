import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazette.models.contract.languages import canonical_language, direction


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
    ],
)
def test_a_tag_is_written_as_rfc_5646_recommends(written: str, canonical: str) -> None:
    assert canonical_language(written) == canonical
    assert canonical_language(canonical) == canonical


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


@given(st.from_regex(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,4}", fullmatch=True))
def test_case_never_makes_another_tag(tag: str) -> None:
    assert canonical_language(tag.upper()) == canonical_language(tag.lower())
