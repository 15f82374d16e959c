"""Takes the screenshots of docs/console.md: the samples arrive on a stack on this machine.

The page goes on loading for as long as it is open, so Playwright in .venv-oracle takes them.
"""

import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from gazette_cli.commands.site_config import DEFAULTS
from gazette_cli.console.console import serving_console
from gazette_cli.console.terminal import ArrivalPrinter
from gazette_cli.demo.demo import write_scene
from gazette_cli.demo.photographs import ScreenshotError, save
from gazette_cli.demo.samples import Sample, read_scenes
from gazette_cli.demo.wait_until_published import wait_until_published
from gazette_cli.emulators.ministack import REGION
from gazette_cli.emulators.serve import CONSOLE, bind_port, serving_stack
from gazette_cli.emulators.stack import STACK_NAME
from gazette_cli.emulators.template import ROOT
from gazette_cli.operate.deployment import StackAddress, open_deployment

_PYTHON = ROOT / ".venv-oracle" / "bin" / "python"
_SCRIPT = Path(__file__).with_name("console_photographer.py")
_SECONDS = 120


def photograph_console(browser: str) -> None:
    """Publish the samples, scene by scene, and take screenshots of what has arrived.

    Raises:
        EngineError: the stack does not start or does not publish.
        ScreenshotError: the browser takes no screenshot.
    """
    samples: dict[str, Sample] = {}
    printer = ArrivalPrinter(CONSOLE, is_quiet=True)
    with bind_port(0) as server, serving_stack(server, DEFAULTS) as stack:
        for scene in read_scenes():
            list(wait_until_published(stack, write_scene(stack, scene, samples)))
        address = StackAddress(STACK_NAME, stack.ministack.endpoint, REGION)
        log = stack.ministack.log
        with (
            open_deployment(address) as deployment,
            serving_console(server, deployment, DEFAULTS, log, printer) as console,
        ):
            _photograph(browser, console.access.address)


def _photograph(browser: str, address: str) -> None:
    if not _PYTHON.exists():
        raise ScreenshotError("needs .venv-oracle, which make install-oracle makes")
    with TemporaryDirectory() as scratch:
        command = [str(_PYTHON), str(_SCRIPT), browser, address, scratch]
        done = subprocess.run(
            command, check=False, capture_output=True, text=True, timeout=_SECONDS
        )
        if done.returncode:
            raise ScreenshotError(f"Playwright took no screenshot of the console: {done.stderr}")
        for file in sorted(Path(scratch).glob("*.png")):
            save(file.name.removesuffix(".png"), file.read_bytes())
