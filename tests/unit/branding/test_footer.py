"""Links at the foot of the pages: known names, labels of their own, and addresses that are one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from gazette.models.branding.brand import Brand
from gazette.models.branding.footer import KNOWN_NAMES, FooterLink, write_footer
from gazette.models.limits import MAX_FOOTER_BYTES, MAX_FOOTER_LINKS


def footer(written: object) -> tuple[FooterLink, ...]:
    return Brand.model_validate({"footer": written}).footer


def refusal(written: object) -> str:
    with pytest.raises(ValidationError) as refused:
        footer(written)
    return str(refused.value.errors()[0]["msg"])


def test_links_keep_their_order_and_their_addresses_are_canonical() -> None:
    written = {
        "licence": " https://licence.example/b y ",
        "about": "/about.html",
        "contact": "mailto:news@post.example",
        "Who  owns us": "https://owners.example",
    }
    assert footer(written) == (
        ("licence", "https://licence.example/b%20y"),
        ("about", "/about.html"),
        ("contact", "mailto:news@post.example"),
        ("Who owns us", "https://owners.example/"),
    )
    assert footer({"about": "/"}) == (("about", "/"),)


@pytest.mark.parametrize(
    "address",
    [
        *("", "about.html", "//evil.example", "javascript:alert(1)", "data:text/html,x", "/a b"),
        *("/\\x", "mailto:news", "mailto:a@b<c", "ftp://a.example", 7, None, ["/a"]),
    ],
)
def test_an_address_that_leads_nowhere_is_refused_with_its_name(address: object) -> None:
    message = refusal({"about": address})
    assert "has no address for about; write https://…, mailto:…, or a path" in message


@pytest.mark.parametrize(
    ("name", "remedy"),
    [("abuot", "did you mean about?"), ("license", "did you mean licence?"), ("xyz", "the known")],
)
def test_a_misspelt_name_is_refused_with_the_one_that_was_meant(name: str, remedy: str) -> None:
    message = refusal({name: "/about.html"})
    assert f"has the unknown name {name}; {remedy}" in message


@pytest.mark.parametrize("name", ["", " ", "A" * 61, "A, B", "A=B"])
def test_a_name_that_is_too_long_or_separates_links_is_refused(name: str) -> None:
    assert "has the name" in refusal({name: "/a"})


def test_many_links_and_long_links_are_refused() -> None:
    """The variables of a function take 4 kB together."""
    assert len(footer({f"A{number}": "/a" for number in range(MAX_FOOTER_LINKS)})) == 12
    assert "leave some out" in refusal({f"A{number}": "/a" for number in range(13)})
    assert "leave some out" in refusal({"about": "/" + MAX_FOOTER_BYTES * "a"})


NAMES = st.sampled_from(KNOWN_NAMES) | st.text(
    st.characters(categories=("Lu", "Nd", "Lo")), min_size=1, max_size=20
)
ADDRESSES = st.sampled_from(
    ["/about.html", "/a,b", "mailto:a,b@post.example", "https://post.example/a,b?c=d,e"]
)


@given(links=st.dictionaries(NAMES, ADDRESSES, max_size=MAX_FOOTER_LINKS))
def test_a_parameter_says_the_same_links_as_the_file(links: dict[str, str]) -> None:
    read = footer(links)
    again = footer(write_footer(read))
    assert [(name, url.replace("%2C", ",")) for name, url in again] == [*read]
    assert footer(again) == again
    assert write_footer(again) == write_footer(read)
