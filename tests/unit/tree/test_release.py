"""The name of a release changes with whatever changes documents."""

from dataclasses import replace
from pathlib import Path
from shutil import copytree, ignore_patterns

import gazette
from gazette.runtime.code_digest import release_of
from tests.unit.publish.worlds import SITE


def test_the_same_code_and_settings_have_the_same_name() -> None:
    assert release_of(SITE) == release_of(replace(SITE))


def test_a_setting_of_the_site_changes_the_name() -> None:
    assert release_of(SITE) != release_of(replace(SITE, title="Another"))


def test_a_changed_file_of_the_code_changes_the_name(tmp_path: Path) -> None:
    package = Path(gazette.__file__).parent
    copy = tmp_path / "gazette"
    copytree(package, copy, ignore=ignore_patterns("__pycache__"))
    assert release_of(SITE, copy) == release_of(SITE)
    template = copy / "renderers" / "pages" / "templates" / "event.html.j2"
    template.write_text(template.read_text(encoding="utf-8") + "!", encoding="utf-8")
    assert release_of(SITE, copy) != release_of(SITE)
