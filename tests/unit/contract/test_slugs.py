# ruff: noqa: RUF001  # signs that look like others are what slugs are about
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazette.models.identifiers.slugs import (
    title_slug,
    topic_slug,
)
from gazette.models.limits import MAX_SLUG_BYTES, MAX_SLUG_CHARACTERS

ANY_LABEL = st.text(min_size=1, max_size=400).filter(str.strip)


@pytest.mark.parametrize(
    "labels",
    [
        (
            "Foreign policy",
            "foreign policy",
            "FOREIGN  POLICY",
            "foreign-policy",
            "Foreign – Policy",
        ),
        ("Peña Nieto", "PEÑA NIETO", "Pen\u0303a Nieto", "peña_nieto"),
        ("Straße", "STRASSE", "strasse"),
        ("ﬁnance", "finance", "ｆｉｎａｎｃｅ"),
        ("People's House", "Peoples House", "People’s House"),
        ("ΟΔΟΣ", "οδος", "οδοσ"),
        ("A/B", "a b", "(A) [B]", "a\u200bb\u200b".replace("\u200b", " ")),
    ],
)
def test_labels_that_differ_insignificantly_are_one_topic(labels: tuple[str, ...]) -> None:
    assert len({topic_slug(label) for label in labels}) == 1


@pytest.mark.parametrize(
    ("label", "slug"),
    [
        ("C++", "c-plus-plus"),
        *(
            (label, "istanbul")
            for label in ("İstanbul", "istanbul", "I\u0307STANBUL", "i\u0307stanbul")
        ),
        ("Kahramanmaraş", "kahramanmaraş"),
        ("C#", "c-sharp"),
        ("C", "c"),
        ("AT&T", "at-and-t"),
        (".NET", "dot-net"),
        ("ASP.NET", "asp-net"),
        ("50%", "50-percent"),
        ("$100", "dollar-100"),
        ("@gazette", "at-gazette"),
        ("עברית חדשה", "עברית-חדשה"),
        ("مكسيكو", "مكسيكو"),
        ("ภาษาไทย", "ภาษาไทย"),
        ("हिन्दी समाचार", "हिन्दी-समाचार"),
        ("தமிழ்", "தமிழ்"),
        ("日本語 ニュース", "日本語-ニュース"),
    ],
)
def test_signs_that_matter_are_spelled_and_scripts_kept(label: str, slug: str) -> None:
    assert topic_slug(label) == slug


def test_a_name_of_other_signs_gets_a_hash_of_its_own() -> None:
    slugs = {topic_slug(label) for label in ("🦊", "🐻", "🦊🐻", "…", "—")}
    assert len(slugs) == 5
    assert all(re.fullmatch("topic-[0-9a-f]{8}", slug) for slug in slugs)
    assert topic_slug("🦊") == topic_slug("🦊")


def test_an_emoji_next_to_words_is_left_out() -> None:
    assert topic_slug("🦊 foxes 🦊") == "foxes"
    assert title_slug("🦊 foxes!") == "foxes"


def test_long_topics_that_differ_at_the_end_stay_distinct() -> None:
    one, other = ("long " * 40 + end for end in ("a", "b"))
    assert topic_slug(one) != topic_slug(other)
    assert topic_slug(one).startswith("long-long-")
    assert topic_slug(one) == topic_slug(one.upper())


def test_a_title_is_cut_at_a_word() -> None:
    slug = title_slug("river " * 30)
    assert slug == "-".join(["river"] * 23)
    assert len(slug) <= MAX_SLUG_CHARACTERS


def test_a_title_of_one_word_is_cut_within_it() -> None:
    assert title_slug("x" * 300) == "x" * MAX_SLUG_CHARACTERS
    assert title_slug("a-" + "x" * 300) == "a-" + "x" * (MAX_SLUG_CHARACTERS - 2)


def test_a_title_is_cut_to_bytes_between_characters() -> None:
    assert title_slug("日" * 100) == "日" * (MAX_SLUG_BYTES // 3)


def test_a_title_of_nothing_but_signs_gets_a_hash() -> None:
    assert re.fullmatch("event-[0-9a-f]{8}", title_slug("!?"))
    assert title_slug("!?") != title_slug("?!")


def test_invisible_characters_make_no_difference() -> None:
    assert title_slug("ri\u200dver\u202e s\u00adigns") == title_slug("river signs")


@given(ANY_LABEL)
def test_a_slug_of_any_label_is_one_clean_segment(label: str) -> None:
    for slug in (topic_slug(label), title_slug(label)):
        assert 0 < len(slug) <= MAX_SLUG_CHARACTERS + len("-01234567")
        assert len(slug.encode()) <= MAX_SLUG_BYTES + len("-01234567")
        assert {unicodedata.category(c)[0] for c in slug.replace("-", "")} <= {"L", "M", "N"}
        assert "--" not in slug
        assert slug.strip("-") == slug
        assert slug == unicodedata.normalize("NFKC", slug)


@given(ANY_LABEL.filter(lambda label: any(map(str.isalnum, label))))
def test_case_and_outer_space_never_make_another_topic(label: str) -> None:
    assert topic_slug(f" {label}\t") == topic_slug(label)
    assert topic_slug(label.upper().lower()) == topic_slug(label.lower().upper().lower())


@given(ANY_LABEL)
def test_a_topic_slug_names_itself(label: str) -> None:
    slug = topic_slug(label)
    if len(slug) <= MAX_SLUG_CHARACTERS and len(slug.encode()) <= MAX_SLUG_BYTES:
        assert topic_slug(slug) == slug
