"""A damaged image of a site is named itself; what shows it is compared as if it were right."""

import json
from pathlib import Path
from shutil import copytree

import pytest
from PIL import Image

from gazette_cli.commands.cli import main
from gazette_cli.commands.verify import BROKEN
from gazette_cli.engines.acts import Act, Change
from tests.cli.changed_characters import publish
from tests.unit.images.image_files import image_file
from tests.unit.publish.worlds import MORNING, document_of

FORMS = {"png": "PNG", "jpg": "JPEG", "gif": "GIF", "webp": "WEBP", "avif": "AVIF"}


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Publish an event for each form of image, and one with an image in its text."""
    acts: list[Act] = []
    for name, form in FORMS.items():
        image = {"key": f"images/{name}.{name}", "alt": "A"}
        acts.append(Change(MORNING, f"images/{name}.{name}", image_file(400, 300, form)))
        acts.append(Change(MORNING, f"events/{name}.json", document_of(title=name, image=image)))
    second = Image.new("RGB", (400, 300), "white")
    moving = image_file(400, 300, "GIF", save_all=True, append_images=[second])
    acts.append(Change(MORNING, "images/moving.gif", moving))
    acts.append(
        Change(
            MORNING,
            "events/moving.json",
            document_of(
                title="moving",
                image={"key": "images/moving.gif", "alt": "A"},
                body="![B](images/png.png)",
            ),
        )
    )
    return publish(acts, tmp_path_factory.mktemp("images"))


@pytest.fixture
def site(original: Path, tmp_path: Path) -> Path:
    return copytree(original, tmp_path / "site")


def verified(site: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    status = main(["verify", str(site), "--jobs", "1"])
    lines = capsys.readouterr().err.splitlines()
    assert status == (BROKEN if lines else 0)
    return lines


def test_images_as_they_were_published_have_no_problem(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verified(site, capsys) == []


@pytest.mark.parametrize("name", [*(f"{name}.{name}" for name in FORMS), "moving.gif"])
@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (None, "is missing, and its event shows it"),
        (b"", "is not a JPEG, PNG, GIF, WebP or AVIF file"),
        (image_file(10, 20), "is image/png of 10 by 20 pixels and "),
    ],
)
def test_a_damaged_image_is_named_with_its_event_and_nothing_else(
    site: Path,
    name: str,
    body: bytes | None,
    reason: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = site / "image" / name
    file.unlink()
    if body is not None:
        file.write_bytes(body)
    event = name.partition(".")[0]
    (line,) = verified(site, capsys)
    assert line.startswith(f"image/{name} (event {event}, revision 1): {reason}")


@pytest.mark.parametrize("name", [f"{name}.{name}" for name in FORMS])
def test_an_image_that_is_not_whole_is_named(
    site: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = site / "image" / name
    file.write_bytes(file.read_bytes()[:-200])
    (line,) = verified(site, capsys)
    assert "cannot be decoded as " in line


def test_a_size_that_was_changed_in_one_form_is_no_fault_of_the_image(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = site / "news/2026/07/4/png.json"
    form = json.loads(page.read_bytes())
    raw = page.read_text()
    page.write_text(raw.replace('"width": 400', '"width": 401'))
    assert form["image"]["width"] == 400
    (line,) = verified(site, capsys)
    assert line.startswith("news/2026/07/4/png.json (event png, revision 1): line ")
