"""Takes a screenshot of a page with Chromium, for the documentation."""

import io
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from PIL import Image

from gazette_cli.emulators.template import ROOT

FOLDER = ROOT / "docs" / "screenshots"
_COLOURS = 128  # keeps a screenshot below 150 kB
_SECONDS = 120


class ScreenshotError(Exception):
    """A program is missing or did not do its part; the text says which."""


class Shot(NamedTuple):
    """A screenshot to take: the path of the page, and the size of the window in pixels."""

    name: str
    path: str
    width: int
    height: int
    is_dark: bool = False


def photograph(browser: str, address: str, shot: Shot) -> None:
    """Take a screenshot, and store it with few colours."""
    with TemporaryDirectory() as scratch:
        file = Path(scratch) / "shot.png"
        command = [
            browser,
            # Chromium has no sandbox for root; it only shows pages of our own.
            *("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"),
            *("--no-first-run", "--disable-background-networking", "--hide-scrollbars"),
            f"--user-data-dir={scratch}/profile",
            f"--window-size={shot.width},{shot.height}",
            f"--screenshot={file}",
            *(("--blink-settings=preferredColorScheme=0",) if shot.is_dark else ()),
            address,
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=_SECONDS)
        if not file.exists():
            raise ScreenshotError(f"{browser} took no screenshot of {address}")
        save(shot.name, file.read_bytes())


def save(name: str, png: bytes) -> None:
    """Store a screenshot with few colours."""
    image = Image.open(io.BytesIO(png)).convert("RGB").quantize(_COLOURS)
    target = FOLDER / f"{name}.png"
    image.save(target, optimize=True)
    sys.stdout.write(f"{target.relative_to(ROOT)}: {target.stat().st_size / 1000:,.0f} kB\n")
