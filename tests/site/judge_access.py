"""Runs axe on pages in Chromium and prints the violations; .venv-oracle runs it.

    python judge_access.py CHROMIUM FOLDER PAGE…

PAGE is a path in the folder, which is served like a site. The policy of the pages allows no script,
so the browser ignores it.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Route, sync_playwright

_SITE = "https://gazette.example/"
_SCHEMES = ("light", "dark")
# A phone, the narrowest screen.
_SIZE = {"width": 390, "height": 844}


def judge(chromium: str, folder: Path, pages: Sequence[str]) -> Iterator[str]:
    """Yield every violation: the page, the colours, the rule, and the first such element."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for scheme in _SCHEMES:
            yield from _judge_in(browser, scheme, folder, pages)
        browser.close()


def _judge_in(browser: Browser, scheme: str, folder: Path, pages: Sequence[str]) -> Iterator[str]:
    context = browser.new_context(bypass_csp=True, color_scheme=scheme, viewport=_SIZE)
    context.route("**/*", lambda route: _serve(route, folder))
    page = context.new_page()
    for path in pages:
        page.goto(f"{_SITE}{quote(path)}")
        for broken in Axe().run(page).response["violations"]:
            yield f"{path} ({scheme}): {broken['id']}: {broken['nodes'][0]['html']}"
    context.close()


def _serve(route: Route, folder: Path) -> None:
    file = folder / unquote(urlsplit(route.request.url).path).lstrip("/")
    if file.is_file():
        route.fulfill(path=file)
    else:
        route.fulfill(status=404, body="")


if __name__ == "__main__":
    json.dump(list(judge(sys.argv[1], Path(sys.argv[2]), sys.argv[3:])), sys.stdout)
