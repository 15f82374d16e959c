"""Searches a site as a reader does who has no mouse, in Chromium; .venv-oracle runs it.

    python search_reader.py CHROMIUM ADDRESS QUERY…

It prints JSON: for each query what the page shows and what axe finds, in light and in dark colours,
the milliseconds until that, and the bytes of everything that was transferred. The first one, which
has to show something, is searched once more under the policy of the page.
"""

import json
import sys
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

_SIZE = {"width": 390, "height": 844}
_MOST_TABS = 40
_IS_FOCUSED = "document.activeElement?.id === 'q'"
_IS_DONE = """() => {
  const text = document.querySelector('[data-search=status]').textContent;
  return text && text !== document.querySelector('form.search').dataset.waiting;
}"""
# Milliseconds from the key to the last change of the status.
_WATCH = """() => {
  addEventListener('keydown', () => { window.began = performance.now(); });
  new MutationObserver(() => { window.took = performance.now() - window.began; })
    .observe(document.querySelector('[data-search=status]'), {childList: true});
}"""
_SHOWN = """() => {
  const texts = (where) => [...document.querySelectorAll(where)].map((one) => one.textContent);
  const loaded = ['navigation', 'resource'].flatMap((kind) => performance.getEntriesByType(kind));
  return {
    titles: texts('[data-search=events] h2'),
    topics: texts('[data-search=topics]:not([hidden]) li'),
    status: document.querySelector('[data-search=status]').textContent,
    hasMore: !document.querySelector('[data-search=more]').hidden,
    bytes: loaded.reduce((sum, one) => sum + one.transferSize, 0),
    requests: loaded.length,
  };
}"""


def search(browser: Browser, address: str, query: str, scheme: str) -> dict[str, Any]:
    """Search once, and follow the first result with the keyboard."""
    # axe is put into the page, which its policy forbids.
    context = browser.new_context(bypass_csp=True, color_scheme=scheme, viewport=_SIZE)
    page = context.new_page()
    page.goto(address)
    _tab_to_field(page)
    page.keyboard.type(query)
    page.evaluate(_WATCH)
    page.keyboard.press("Enter")
    page.wait_for_function(_IS_DONE)
    milliseconds = page.evaluate("window.took")
    shown: dict[str, Any] = {"milliseconds": milliseconds, "address": page.url}
    shown |= page.evaluate(_SHOWN)
    shown["violations"] = [one["id"] for one in Axe().run(page).response["violations"]]
    if shown["hasMore"]:
        page.locator("[data-search=more]").focus()
        page.keyboard.press("Enter")
        page.wait_for_function(_IS_DONE)
        shown["after more"] = page.evaluate(_SHOWN)
        shown["focused"] = page.evaluate("document.activeElement.textContent")
    context.close()
    return shown


def _tab_to_field(page: Page) -> None:
    for _ in range(_MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate(_IS_FOCUSED):
            return
    message = "no number of tabs leads to the field"
    raise AssertionError(message)


def search_under_policy(browser: Browser, address: str, query: str) -> list[str]:
    """Return the titles that a query shows where the policy of the page holds, as for readers."""
    page = browser.new_page()
    page.goto(f"{address}?{urlencode({'q': query})}")
    page.locator("[data-search=events] h2").first.wait_for()
    titles: list[str] = page.locator("[data-search=events] h2").all_text_contents()
    return titles


def main(chromium: str, address: str, queries: Sequence[str]) -> None:
    """Print what each query shows."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        found = [
            [search(browser, address, query, scheme) for scheme in ("light", "dark")]
            for query in queries
        ]
        guarded = search_under_policy(browser, address, queries[0])
        browser.close()
    json.dump({"queries": found, "under policy": guarded}, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
