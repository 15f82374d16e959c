"""Makes bodies of random HTML, with tags opened and closed in any order."""

import random

from gazette.projections.markup import body as markup

# The sanitiser removes some of these, so their content may stand in a forbidden position.
_TAGS = (*sorted(markup.TAGS), "div", "section", "button", "svg")
_ATTRIBUTES = (
    *(' colspan="2"', " rowspan=2", " colspan=0", " rowspan=99999999", " start=3", " width=30"),
    *(" dir=rtl", " title=x", " lang=de-DE", " src=https://images.example/a.png"),
    " href=https://a.example/x[1]?q=[2]#[3]",
)
_TEXTS = (
    *("text", " ", "\n\n", "a *b* c", "- item\n", "> quote\n"),
    "| a | b |\n|---|---|\n| 1 | 2 |\n",
)


def soup(seed: int) -> str:
    """Return a body of up to forty pieces; the same seed gives the same body."""
    chance = random.Random(seed)  # noqa: S311  # no secret
    pieces: list[str] = []
    opened: list[str] = []
    for _ in range(chance.randint(1, 40)):
        kind = chance.random()
        if kind < 0.5:
            opened.append(chance.choice(_TAGS))
            attribute = chance.choice(_ATTRIBUTES) if chance.random() < 0.3 else ""
            pieces.append(f"<{opened[-1]}{attribute}>")
        elif kind < 0.75 and opened:
            # Most tags are closed in order.
            last = chance.random() < 0.8
            pieces.append(f"</{opened.pop() if last else chance.choice(opened)}>")
        else:
            pieces.append(chance.choice(_TEXTS))
    return "".join(pieces)
