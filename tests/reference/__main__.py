"""`make reference`: write the pages of the documentation that follow from the code."""

from pathlib import Path

from tests.reference.addresses_page import BEGIN, END, addresses_block
from tests.reference.commands_page import commands_page
from tests.reference.contract_page import contract_page

DOCS = Path(__file__).parents[2] / "docs"


def with_block(text: str) -> str:
    """Return a page with a fresh block between its markers."""
    before, _, rest = text.partition(BEGIN)
    return before + addresses_block() + rest.partition(END)[2]


def main() -> None:
    (DOCS / "contract.md").write_text(contract_page(), encoding="utf-8")
    (DOCS / "commands.md").write_text(commands_page(), encoding="utf-8")
    addresses = DOCS / "addresses.md"
    addresses.write_text(with_block(addresses.read_text("utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
