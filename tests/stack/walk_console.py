"""Walks through the console in Chromium, with the keyboard alone; .venv-oracle runs it.

    python walk_console.py CHROMIUM ADDRESS

It prints what is wrong as a JSON list: violations that axe finds in a view, errors of the script,
and pages that are wider than a phone. A step that fails ends it with a traceback.
"""

import json
import re
import sys
from collections.abc import Sequence

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, expect, sync_playwright

_SCHEMES = ("light", "dark")
_PHONE, _SCREEN = {"width": 360, "height": 740}, {"width": 1280, "height": 900}
_MILLISECONDS = 40_000
_MAX_TABS = 80
TITLE = "The harbour bridge opens"
# Markup in a title is text.
CORRECTED = "The harbour bridge <img src=x onerror=alert(1)> opens"
QUARANTINED, FIXED = "events/2026/ferry.json", "Night ferry returns"


class Walk:
    """One tab of the console, and what was wrong so far."""

    def __init__(self, context: BrowserContext, address: str, problems: list[str]) -> None:
        self.page, self.problems = context.new_page(), problems
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: problems.append(f"script: {error}"))
        self.page.goto(address)
        self.see("#live", "live")

    def _note(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.problems.append(f"console: {message.text}")

    def see(self, selector: str, text: str) -> None:
        expect(self.page.locator(selector).first).to_contain_text(text, timeout=_MILLISECONDS)

    def go(self, selector: str, *, key: str = "") -> None:
        """Move the focus to an element with the Tab key, and press another key there."""
        for _ in range(_MAX_TABS):
            if self.page.evaluate("selector => document.activeElement.matches(selector)", selector):
                break
            self.page.keyboard.press("Tab")
        else:
            raise AssertionError(f"the keyboard does not reach {selector}")
        if key:
            self.page.keyboard.press(key)

    def write(self, name: str, text: str) -> None:
        self.go(f"#f-{name}", key="ControlOrMeta+a")
        self.page.keyboard.type(text)

    def open(self, view: str) -> None:
        self.go(f'.sections a[href="#{view}"]', key="Enter")
        self.shows(view)

    def shows(self, view: str) -> None:
        expect(self.page.locator(f'[data-view="{view}"]')).to_be_visible(timeout=_MILLISECONDS)

    def judge(self, view: str) -> None:
        """Let axe judge what is shown, in both colours, on a screen and on a phone."""
        for scheme in _SCHEMES:
            self.page.emulate_media(color_scheme=scheme)
            for size in (_PHONE, _SCREEN):
                self.page.set_viewport_size(size)
                where = f"{view} ({scheme}, {size['width']})"
                for broken in Axe().run(self.page).response["violations"]:
                    node = broken["nodes"][0]["html"]
                    self.problems.append(f"{where}: {broken['id']}: {node}")
                width = self.page.evaluate("document.documentElement.scrollWidth")
                if width > size["width"]:
                    self.problems.append(f"{where}: is {width} pixels wide")
        self.page.emulate_media(color_scheme="light")

    def publish(self, outcome: str) -> None:
        self.go('button[value="publish"]', key="Enter")
        self.see("#outcome", outcome)


def walk(chromium: str, address: str) -> list[str]:
    """Write an event, see it arrive, correct and retract it, and free one from quarantine."""
    problems: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        context = browser.new_context(viewport=_SCREEN)
        tab, other = Walk(context, address, problems), Walk(context, address, problems)
        _write(tab)
        _see_it_arrive(tab)
        _change(tab, "correct", CORRECTED, "Published after")
        _change(tab, "retract", CORRECTED, "retraction, revision 3")
        _free_from_quarantine(tab)
        # The other tab has seen all that without being touched.
        expect(other.page.locator("#arrivals-list h2")).to_have_text(
            [FIXED, CORRECTED, CORRECTED, TITLE], timeout=_MILLISECONDS
        )
        browser.close()
    return problems


def _write(tab: Walk) -> None:
    tab.judge("arrivals")
    tab.open("write")
    tab.judge("write")
    tab.publish("")
    tab.see("#e-title", "is missing")
    tab.see("#e-date", "is missing")
    assert tab.page.evaluate("document.activeElement.id") == "summary"
    tab.judge("mistakes")
    tab.write("title", TITLE)
    tab.write("date", "2026-07-04")
    tab.write("topics", "Harbour\nBridges")
    tab.write("body", "It opens at **six**.")
    tab.write("sources", "https://post.example/bridge | The Post")
    tab.go('button[value="preview"]', key="Enter")
    expect(tab.page.locator("#preview")).to_be_visible(timeout=_MILLISECONDS)
    frame = tab.page.frame_locator("#page")
    expect(frame.locator("h1")).to_have_text(TITLE, timeout=_MILLISECONDS)
    # The stylesheet of the site reaches the page within the page.
    serif = re.compile("Palatino")
    expect(frame.locator("h1")).to_have_css("font-family", serif, timeout=_MILLISECONDS)
    tab.judge("preview")
    tab.publish("Published after")


def _see_it_arrive(tab: Walk) -> None:
    tab.open("arrivals")
    tab.see("#arrivals-list > li h2", TITLE)
    tab.see("#arrivals-list > li .done", "published, revision 1")
    steps = tab.page.locator("#arrivals-list > li").first.locator(".steps dd")
    expect(steps.nth(3)).to_contain_text(" s", timeout=_MILLISECONDS)
    tab.judge("arrivals with one")


def _change(tab: Walk, purpose: str, title: str, outcome: str) -> None:
    tab.open("arrivals")
    tab.go("#arrivals-list > li a", key="Enter")
    tab.shows("event")
    tab.see("#event-state", "published")
    tab.judge(f"event before {purpose}")
    tab.go(f'#event-actions a[href*="/{purpose}/"]', key="Enter")
    tab.shows("write")
    tab.write("title", title)
    tab.write("note", "It opens at seven.")
    tab.publish(outcome)


def _free_from_quarantine(tab: Walk) -> None:
    tab.open("attention")
    tab.see("#quarantined .title", QUARANTINED)
    tab.see("#quarantined .reasons", "title is not a text; write a text")
    tab.judge("attention")
    tab.go("#quarantined a", key="Enter")
    tab.shows("write")
    tab.see("#write-title", "Write 2026/ferry")
    tab.write("title", FIXED)
    tab.go("#f-other", key="ControlOrMeta+a")
    tab.page.keyboard.press("Delete")
    tab.publish("Published after")
    tab.open("attention")
    tab.see("#quarantined", "Nothing.")


def main(arguments: Sequence[str]) -> None:
    json.dump(walk(*arguments), sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1:])
