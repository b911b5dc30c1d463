"""The first hour, as it is written: every line of docs/tutorial.md runs on a fresh desk."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.crash.server import Server

ROOT = Path(__file__).parents[2]
_BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.mark.slow
@pytest.mark.timeout(900)  # it starts some forty programs, one after the other
@pytest.mark.skipif(shutil.which("curl") is None, reason="the tutorial talks to the API with curl")
def test_the_first_hour_runs_as_it_is_written(server: Server, tmp_path: Path) -> None:
    added = server.run("user", "add", "admin@demo.example", "--role", "admin")
    assert added.returncode == 0, added.stderr
    first, *rest = _BLOCK.findall((ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8"))
    assert first == "make run\n"  # this is what has happened, with another port and no demo
    script = "\n".join(["set -euo pipefail", *rest]).replace(
        "http://127.0.0.1:8000", server.url.removesuffix("/api/v1")
    )
    script = script.replace('export PATH="$PWD/.venv/bin:$PATH"', "")
    environment = {
        **os.environ,
        "CHRONODESK_DATA_DIR": str(server.folder),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=870,
    )
    assert done.returncode == 0, done.stdout[-2_000:] + done.stderr[-2_000:]
    assert '"type"' in done.stdout  # the refusal, which the tutorial provokes
    assert "*status resolved (was open)" in done.stdout
    assert "No fault found" in done.stderr
