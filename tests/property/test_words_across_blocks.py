"""A tag in one block of a text and its end in another one hide nothing between them (SPEC X9)."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gazette.projections.markup.body import body_html, code_left_out, plain_text
from gazette.renderers.markdown.text import safe_body
from tests.property.test_every_word import PAGE, rendered_markdown, shown_words, words

RAW = ("script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes", "template")
# Each has place for a tag next to words, and is a block of its own.
BLOCKS: tuple[str, ...] = (
    "# {0} {1}",
    "## {1} {0}",
    "{1} {0} {2}",
    "{1}\n{0} {2}\n{3}",
    "{1} {2}\n{0}\n{3}",
    "- {0} {1}\n- {2}",
    "- {1}\n\n  {2} {0}",
    "1. {1}\n2. {0}\n3. {2}",
    "> {0} {1}",
    "> {1}\n> > {0}\n> > {2}",
    "> > {1}\n> > {0} {2}\n>\n> {3}",
    "| {0} | {1} |\n|---|---|\n| {2} | {3} |",
    "| {1} | {2} |\n|---|---|\n| {0} | {3} |\n| {4} | {5} |",
    "Term\n: {0} {1}\n: {2}",
    "*{1}* {0} **{2}**",
    "<p>{0} {1}</p>",
    "<div>{1}<p>{0}</p>{2}</div>",
    "<table><tr><td>{0}</td><td>{1}</td></tr><tr><td>{2}</td></tr></table>",
    "<ul><li>{0}</li><li>{1}</li></ul>",
)
TAGS = st.sampled_from(
    [form.format(name) for name in RAW for form in ("<{}>", "</{}>", "<{} lang='en'>", "</{}\n>")]
)


def text_of(blocks: Sequence[tuple[str, str]]) -> str:
    """Write blocks with tags; their words have numbers."""
    return "\n\n".join(
        block.format(tag, *(f"word{number}x{each}" for each in range(5)))
        for number, (block, tag) in enumerate(blocks)
    )


def forms(body: str) -> dict[str, set[str]]:
    html = body_html(body, PAGE)
    return {
        "HTML": set(shown_words(html)),
        "text": set(words(plain_text(html))),
        "Markdown": set(shown_words(rendered_markdown(safe_body(body, PAGE)))),
    }


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(BLOCKS), TAGS), min_size=2, max_size=8))
def test_no_word_between_two_blocks_is_lost(blocks: Sequence[tuple[str, str]]) -> None:
    body = text_of(blocks)
    expected = {word for word in words(body) if word.startswith("word")}
    for form, found in forms(body).items():
        assert expected <= found, (form, body)


@pytest.mark.parametrize("first", BLOCKS)
@pytest.mark.parametrize("name", ["script", "style", "textarea"])
def test_no_word_between_a_start_and_an_end_is_lost(name: str, first: str) -> None:
    for last in BLOCKS:
        body = text_of([(first, f"<{name}>"), ("{1} {2}", ""), (last, f"</{name}>")])
        expected = {word for word in words(body) if word.startswith("word")}
        for form, found in forms(body).items():
            assert expected <= found, (form, body)


@pytest.mark.parametrize("code", ["if (a < b) { run('</b>') }", "p { color: red }\n\nq { top: 0 }"])
@pytest.mark.parametrize(
    "around", ["{}", "# before\n\n{}\n\nafter", "<div>\n{}\n</div>", "- before\n\n  {}\n\n  after"]
)
def test_a_block_of_code_that_stands_alone_is_left_out(code: str, around: str) -> None:
    """SPEC X11."""
    indent = "  " if around.startswith("-") else ""
    block = f"<script>\n{code}\n</script>".replace("\n", f"\n{indent}")
    body = around.format(block)
    assert code_left_out(body) == ("script",)
    assert set(words(plain_text(body_html(body, PAGE)))) <= {"before", "after"}
