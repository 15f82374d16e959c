"""What the site asks of crawlers, and what the settings for it refuse (SPEC S6)."""

from urllib.robotparser import RobotFileParser

import pytest
from pydantic import ValidationError

from gazette.models.branding.brand import Brand
from gazette.models.branding.crawlers import TRAINING_CRAWLERS, refused_tokens
from gazette.models.branding.site_settings import REMEDIES
from gazette.models.limits import MAX_REFUSED_CRAWLERS, MAX_REFUSED_CRAWLERS_BYTES
from gazette.models.problems.messages import problems_of
from gazette.renderers.sitemaps import render_robots

SITEMAPS = ["https://gazette.example/sitemap.xml"]
PAGE = "https://gazette.example/news/"
FILES = [f"{PAGE}index.html", "https://gazette.example/llms.txt", "https://gazette.example/"]


def robots(**settings: object) -> RobotFileParser:
    parser = RobotFileParser()
    written = render_robots(SITEMAPS, Brand.model_validate(settings))
    parser.parse(written.decode().splitlines())
    return parser


def reasons(**settings: object) -> list[str]:
    with pytest.raises(ValidationError) as refused:
        Brand.model_validate(settings)
    return [reason for _, reason in problems_of(refused.value, REMEDIES, are_quoted=True)]


def test_a_site_without_these_settings_refuses_nobody() -> None:
    assert render_robots(SITEMAPS, Brand()) == render_robots(SITEMAPS)
    assert all(robots().can_fetch(name, PAGE) for name in ("*", *TRAINING_CRAWLERS))


def test_a_crawler_that_is_refused_may_read_nothing_and_all_others_everything() -> None:
    parser = robots(refused_crawlers=["Otherbot"], content_signals=["search=yes"])
    for address in FILES:
        assert not parser.can_fetch("otherbot", address)
        assert parser.can_fetch("GPTBot", address)
        assert parser.can_fetch("*", address)
    assert parser.site_maps() == SITEMAPS


def test_one_word_refuses_all_crawlers_that_train_models() -> None:
    parser = robots(refused_crawlers="ai-training, Otherbot")
    assert not any(parser.can_fetch(name, PAGE) for name in (*TRAINING_CRAWLERS, "Otherbot"))
    assert all(parser.can_fetch(name, PAGE) for name in ("Googlebot", "Applebot", "Claude-User"))


def test_a_crawler_is_named_once_however_it_is_written() -> None:
    assert refused_tokens(["gptbot", "ai-training", "GPTBot"]) == (
        "gptbot",
        *(name for name in TRAINING_CRAWLERS if name != "GPTBot"),
    )
    assert render_robots([], Brand(refused_crawlers=("One", "ONE"))).count(b"One") == 1


def test_signals_stand_in_the_group_of_all_crawlers_in_one_line() -> None:
    """contentsignals.org: a line of the group whose crawlers it speaks to."""
    brand = Brand.model_validate({"content_signals": "search=yes,ai-input=yes,ai-train=no"})
    first = render_robots(SITEMAPS, brand).decode().split("\n\n")[0]
    assert first.splitlines() == [
        "User-agent: *",
        "Content-Signal: search=yes, ai-input=yes, ai-train=no",
        "Allow: /",
    ]


@pytest.mark.parametrize(
    "name", ["*", "GPT Bot", "GPTBot/1.1", "-bot", "", "Bot\nDisallow: /", "é"]
)
def test_what_is_no_name_of_a_crawler_is_refused_with_an_example(name: str) -> None:
    (reason,) = reasons(refused_crawlers=[name])
    assert "is not written as it must be" in reason
    assert reason.endswith(f"; {REMEDIES['refused_crawlers']}")


@pytest.mark.parametrize(
    "names",
    [
        [f"Bot{number}" for number in range(MAX_REFUSED_CRAWLERS + 1)],
        [f"{number}{'b' * 59}"[::-1] for number in range(MAX_REFUSED_CRAWLERS_BYTES // 60)],
    ],
)
def test_more_names_than_a_parameter_holds_are_refused(names: list[str]) -> None:
    fewer = tuple(names[:-1])
    assert Brand(refused_crawlers=fewer).refused_crawlers == fewer
    (reason,) = reasons(refused_crawlers=names)
    assert "leave some out, or write ai-training" in reason


def test_a_signal_that_does_not_exist_is_refused_with_the_one_that_was_meant() -> None:
    (reason,) = reasons(content_signals=["ai-training=no"])
    assert (
        "\"ai-training=no\" is refused: is none of its words; did you mean 'ai-train=no'?" in reason
    )
    assert reason.endswith(REMEDIES["content_signals"])


def test_a_signal_that_says_yes_and_no_is_refused() -> None:
    (reason,) = reasons(content_signals=["search=yes", "search=no"])
    assert reason.endswith("says search twice; write each signal once")
