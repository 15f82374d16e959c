"""What a site asks of crawlers in its robots.txt (RFC 9309, contentsignals.org)."""

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from gazette.models.limits import MAX_REFUSED_CRAWLERS, MAX_REFUSED_CRAWLERS_BYTES

# Stands for all crawlers whose operators say that they collect texts to train models.
AI_TRAINING = "ai-training"
TRAINING_CRAWLERS = (
    *("AI2Bot", "Applebot-Extended", "Bytespider", "CCBot", "ClaudeBot"),
    *("cohere-training-data-crawler", "Google-Extended", "GPTBot", "meta-externalagent"),
    "PanguBot",
)

# A product token, with the digits that some have in practice (RFC 9309 §2.2.1).
CrawlerName = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,59}$")]
ContentSignal = Literal[
    "search=yes", "search=no", "ai-input=yes", "ai-input=no", "ai-train=yes", "ai-train=no"
]


def _within_bounds(names: tuple[CrawlerName, ...]) -> tuple[CrawlerName, ...]:
    written = ",".join(names)
    if len(names) > MAX_REFUSED_CRAWLERS or len(written) > MAX_REFUSED_CRAWLERS_BYTES:
        reason = (
            f"has more than {MAX_REFUSED_CRAWLERS} names, or more than"
            f" {MAX_REFUSED_CRAWLERS_BYTES:,} characters; leave some out, or write {AI_TRAINING}"
            " for those that train models"
        )
        raise ValueError(reason)
    return names


def _said_once(signals: tuple[ContentSignal, ...]) -> tuple[ContentSignal, ...]:
    names = [signal.partition("=")[0] for signal in signals]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        reason = f"says {twice} twice; write each signal once"
        raise ValueError(reason)
    return signals


RefusedCrawlers = Annotated[tuple[CrawlerName, ...], AfterValidator(_within_bounds)]
ContentSignals = Annotated[tuple[ContentSignal, ...], AfterValidator(_said_once)]


def refused_tokens(names: Iterable[str]) -> tuple[str, ...]:
    """Return the product token of each refused crawler once; case does not count in them."""
    found: dict[str, str] = {}
    for name in names:
        for token in TRAINING_CRAWLERS if name == AI_TRAINING else (name,):
            found.setdefault(token.lower(), token)
    return tuple(found.values())
