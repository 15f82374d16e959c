import re
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazette.models.identifiers.urls import canonical_url


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("https://a.example", "https://a.example/"),
        ("  HTTPS://A.Example/B?C#D \n", "https://a.example/B?C#D"),
        ("http://a.example:8080/", "http://a.example:8080/"),
        ("https://a.example/ä b", "https://a.example/%C3%A4%20b"),
        ("https://a.example/%C3%A4", "https://a.example/%C3%A4"),
        ("https://a.example/100%", "https://a.example/100%25"),
        ("https://a.example/%zz%41", "https://a.example/%25zz%41"),
        ("https://a.example/?q=a b&r=[1]", "https://a.example/?q=a%20b&r=%5B1%5D"),
        ('https://a.example/"<>', "https://a.example/%22%3C%3E"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://straße.example/", "https://xn--strae-oqa.example/"),
        ("https://βόλος.example/", "https://xn--nxasmm1c.example/"),
        ("https://Bücher。example/", "https://xn--bcher-kva.example/"),
        ("https://💩.example/", "https://xn--ls8h.example/"),
        ("https://日本.example/", "https://xn--wgv71a.example/"),
        ("https://[2001:DB8::1]:444/a", "https://[2001:db8::1]:444/a"),
        ("https://user:secret@a.example/", "https://a.example/"),
    ],
)
def test_an_address_is_made_canonical(written: str, canonical: str) -> None:
    assert canonical_url(written) == canonical
    assert canonical_url(canonical) == canonical


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a.example",
        "/a",
        "//a.example/",
        "ftp://a.example/",
        "javascript:alert(1)",
        "data:text/html,x",
        "mailto:a@b.example",
        "https://",
        "https:///a",
        "https://?a",
        "https://a b.example/",
        "https://a<b.example/",
        "https://\N{FULLWIDTH LATIN SMALL LETTER A}\N{FULLWIDTH LESS-THAN SIGN}b.example/",
        "https://a.example:port/",
        "https://a.example:99999/",
        "https://[::1/",
        "https://ä..example/",
        f"https://{'ä' * 64}.example/",
    ],
)
def test_an_address_outside_the_web_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        canonical_url(address)


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_every_accepted_address_is_a_uri_and_is_stable(host: str, path: str, query: str) -> None:
    try:
        address = canonical_url(f"https://{host}/{path}?{query}")
    except ValueError:
        return
    assert re.fullmatch(r"https://[^\s/<>\"\\^`{|}]+/[!-~]*", address)
    assert not set(address) & set('<>"\\^`{|} ')
    assert canonical_url(address) == address
    assert urlsplit(address).hostname


@given(st.text())
def test_no_text_makes_anything_but_a_value_error(text: str) -> None:
    try:
        address = canonical_url(text)
    except ValueError:
        return
    assert address.startswith(("http://", "https://"))
