import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gazette.renderers.markdown.pages import render_event_markdown
from gazette.renderers.markdown.text import plain, quoted, safe_body, target
from tests.unit.pages import page_examples as examples
from tests.unit.pages.page_reading import (
    PRINTABLE_TEXT,
    READER,
    assert_harmless,
    found,
    read_markdown,
)

BASE = f"{examples.BASE_PATH}.html"


MARKUP = st.lists(
    st.sampled_from(
        [
            *(
                "[",
                "]",
                "(",
                ")",
                "<",
                ">",
                "`",
                "```",
                "~~~",
                "\n",
                "\n\n",
                "    ",
                "\t",
                "> ",
                "- ",
            ),
            *("*", "_", "!", "\\", "&", "&#58;", "&colon;", ":", '"', "'", "=", "{", "}", "|", "#"),
            *("a", "script", "img src=x onerror=alert(1)", "javascript:", "javascript", "alert(1)"),
            *("<!--", "-->", "<pre>", "</pre>", "<div>", "data:text/html,x", "https://a.example/"),
            *("[x]: ", "![", "](", "<?", "?>", "<![CDATA[", "]]>"),
        ]
    ),
    max_size=25,
).map("".join)


def test_a_body_without_html_is_published_as_it_was_written() -> None:
    body = "A *word*, a [link](https://a.example/ 'b'), <https://c.example/>.\n\n```\n<T>\n```"
    assert safe_body(f"\n{body}\n", BASE) == body


def test_html_in_a_body_is_published_sanitised() -> None:
    tree = READER.tree(safe_body("A <b>word</b> <a href='/x' onclick='y()'>link</a>", BASE))
    assert found(tree, "//div/p/b") == ["word"]
    assert found(tree, "//@href") == [f"{examples.SITE}x"]
    assert_harmless(tree)


@pytest.mark.parametrize(
    "body",
    [
        "<script>alert(1)</script>",
        "a <img src=x onerror=alert(1)> b",
        "a <img src=x onerror=alert(1)//",
        "[a](javascript:alert(1))",
        "[a](JavaScript&#58;alert(1))",
        "[a](java&#10;script&colon;alert(1))",
        "[a](<javascript:alert(1)>)",
        "[a][b]\n\n[b]: javascript:alert(1)",
        "[b]: javascript:alert(1)",
        "[b]: vbscript:x",
        "[b]: vscode:x",
        "[a] (javascript:alert(1))",
        "[a](https://a.example/ {x=)",
        "[a](vscode:x)\n",
        "<javascript:alert(1)>",
        "<vscode:x>",
        "![a](data:text/html,x)",
        "![![a](vscode:x)](https://a.example/)",
        "> " * 30 + "[a](vscode:x)",
        "> " * 17 + "a",
        '[a](https://a.example/){: onclick="alert(1)"}',
        "```{=html}\n<script>alert(1)</script>\n```",
        "<pre>\n\n[a](javascript:alert(1))\n\n</pre>",
        "<b>x</b>\n\n    [a](javascript:alert(1))\n\n\n    [a](javascript:alert(1))",
        "<!-- a",
        "[" * 20_000,
    ],
)
def test_no_reader_can_run_a_body(body: str) -> None:
    written = safe_body(body, BASE)
    assert written.startswith("<div>\n") or not written
    assert "\n\n" not in written
    assert not set(written) & set("[{")
    assert_harmless(READER.tree(written))


@given(MARKUP)
@example("<pre>a\n \n\n[a](javascript:b)</pre>")
def test_no_reader_can_run_any_combination_of_markup(body: str) -> None:
    assert_harmless(read_markdown(render_event_markdown(examples.make_event_page(body=body))))


@given(MARKUP)
@example("```\nnever closed")
@example("<!-- never closed")
@example("- a\n\n      code")
def test_no_body_hides_the_text_after_it(body: str) -> None:
    tree = read_markdown(render_event_markdown(examples.make_event_page(body=body)))
    assert found(tree, "/html/body/h3")[-1] == "Sources:"
    assert found(tree, "/html/body/h1")[0] == examples.ENTRY.title


@given(PRINTABLE_TEXT)
@example("1. a")
@example("- a")
@example("# a #")
@example("\\")
@example("&amp; &lt; <b> [a](b) `c` *d* __e__ ~~f~~ {: .g}")
@example("===")
def test_any_plain_text_stays_text(text: str) -> None:
    shown = " ".join(text.split())
    for start, path in (("# ", "//h1"), ("", "//p"), ("1. ", "//li"), ("> ", "//blockquote/p")):
        if shown:
            assert found(READER.tree(f"{start}{plain(text)}"), path) == [shown]


def test_plain_text_holds_no_angle_bracket_for_any_reader() -> None:
    assert plain("1 < 2 > 0") == "1 &lt; 2 &gt; 0"


def test_a_target_without_brackets_is_plain() -> None:
    assert target("https://a.example/?b=1&c=2") == "https://a.example/?b=1&c=2"
    assert target("https://a.example/(b") == "<https://a.example/(b>"


def test_a_quotation_of_one_line_has_its_label() -> None:
    assert quoted("Update", "More.") == "> **Update**: More."
