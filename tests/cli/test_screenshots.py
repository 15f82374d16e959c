"""`make screenshots` shows pages that the samples have, and docs/tour.md shows all of them."""

import re

from gazette_cli.demo.photographs import FOLDER
from gazette_cli.demo.screenshots import page_of, publish_samples, shots
from gazette_cli.emulators.template import ROOT


def test_every_page_of_the_tour_is_published_and_its_screenshot_is_there() -> None:
    published = publish_samples("http://127.0.0.1:8080").documents
    taken = shots()
    assert [shot.name for shot in taken if page_of(shot) not in published] == []
    shown = re.findall(r"screenshots/(\w+)\.png", (ROOT / "docs/tour.md").read_text("utf-8"))
    assert shown == [shot.name for shot in taken]
    assert [name for name in shown if not (FOLDER / f"{name}.png").is_file()] == []
    arabic = published[page_of(taken[-1])].body
    assert b'dir="rtl"' in arabic
