"""The guide to the API, line by line against a running desk."""

import re
import shutil
import socket
import subprocess
import threading
from pathlib import Path

import pytest
import uvicorn

from domain.access import Role
from tests.api.desk import WORKSPACE, Desk

GUIDE = Path(__file__).parents[2] / "docs/how-to/api.md"


@pytest.mark.skipif(shutil.which("curl") is None, reason="the guide speaks curl")
def test_the_guide_runs_as_it_is(desk: Desk, tmp_path: Path) -> None:
    desk.services.sessions.put_account(
        workspace=WORKSPACE,
        email="admin@example.com",
        person="kim",
        role=Role.ADMIN,
        name="Kim",
        password="change me now",
    )
    server = uvicorn.Server(uvicorn.Config(desk.app, log_config=None))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, args=[[listening]])
        thread.start()
        try:
            lines = "\n".join(re.findall(r"```sh\n(.*?)```", GUIDE.read_text(), re.DOTALL))
            script = lines.replace("127.0.0.1:8000", f"127.0.0.1:{listening.getsockname()[1]}")
            ran = subprocess.run(
                ["bash", "-euxo", "pipefail", "-c", script],
                cwd=tmp_path,
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
        finally:
            server.should_exit = True
            thread.join()
    assert ran.returncode == 0, ran.stderr + ran.stdout
    assert script.count("curl") == ran.stderr.count("+ curl") - 1  # the loop runs its one twice
