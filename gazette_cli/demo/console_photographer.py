"""Takes screenshots of the console once it shows what has arrived; .venv-oracle runs it.

python console_photographer.py CHROMIUM ADDRESS FOLDER
"""

import sys

from playwright.sync_api import Page, sync_playwright

_SIZE = {"width": 1280, "height": 900}
# The samples have more arrivals than this.
_NEWEST = "#arrivals-list > li:nth-child(40)"
_NOTE = "The figure is that of both weekends together."


def main(chromium: str, address: str, folder: str) -> None:
    """Write console.png, what has arrived, and console-write.png, a correction and its preview."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_context(viewport=_SIZE).new_page()
        page.goto(address)
        page.wait_for_selector(_NEWEST)
        page.wait_for_function("!document.body.textContent.includes('on its way')")
        page.screenshot(path=f"{folder}/console.png")
        _correct(page)
        page.screenshot(path=f"{folder}/console-write.png")
        browser.close()


def _correct(page: Page) -> None:
    page.click("#arrivals-list > li:not(.retraction) a >> nth=0")
    page.click("#event-actions a[href*='/correct/']")
    page.fill("#f-note", _NOTE)
    page.fill("#f-summary", f"{page.input_value('#f-summary')} {_NOTE}")
    page.click("button[value=preview]")
    page.wait_for_selector("#preview:visible")
    page.frame_locator("#page").locator("h1").wait_for()
    page.evaluate("scrollTo(0, document.querySelector('#f-sources').offsetTop - 20)")


if __name__ == "__main__":
    main(*sys.argv[1:])
