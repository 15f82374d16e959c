"""The console of `gazette serve` in Chromium: written, corrected, retracted, freed from quarantine.

`walk_console.py` is the walk.
"""

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gazette_cli.emulators.template import ROOT
from gazette_cli.operate.deployment import StackAddress, open_deployment
from tests.hostile.browser import browser
from tests.stack.test_serve import free_port, output_until

pytestmark = pytest.mark.ministack

PYTHON = ROOT / ".venv-oracle" / "bin" / "python"
_KEY = "events/2026/ferry.json"
_SECONDS = 500


def test_an_event_is_written_corrected_retracted_and_another_freed_in_a_browser() -> None:
    if not PYTHON.exists():
        pytest.skip("needs .venv-oracle, which make install-oracle makes")
    chromium, port = browser(), str(free_port())
    command = [sys.executable, "-m", "gazette_cli", "serve", "--port", port]
    with subprocess.Popen(  # noqa: S603  # our command line
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        output = output_until(process, "Press Ctrl-C to stop.\n")
        endpoint, address = re.findall(r"http://\S+:\d+\S*token=\S+|(?<=endpoint-url )\S+", output)[
            ::-1
        ]
        with open_deployment(StackAddress("gazette", endpoint)) as deployment:
            bucket = deployment.outputs["SourceBucketName"]
            deployment.s3.put_object(
                Bucket=bucket, Key=_KEY, Body=b'{"title": 3, "date": "2026-07-04"}'
            )
        walked = subprocess.run(  # noqa: S603  # our script
            [str(PYTHON), str(Path(__file__).with_name("walk_console.py")), chromium, address],
            capture_output=True,
            text=True,
            check=False,
            timeout=_SECONDS,
        )
        process.send_signal(signal.SIGINT)
        assert walked.returncode == 0, walked.stderr
        assert json.loads(walked.stdout) == []
        # In a pipe no arrival is printed, and the open pages do not hold up the end.
        assert process.stdout is not None
        assert process.stdout.read() == "Stopping …\n"
        assert process.wait(timeout=20) == 0
