"""Guides whose lines run as they are, against a running desk."""

import re
import socket
import subprocess
import threading
from pathlib import Path

import uvicorn

from tests.api.desk import Desk


def script_of(guide: Path) -> str:
    """The lines of a page that are for a shell."""
    return "\n".join(re.findall(r"```sh\n(.*?)```", guide.read_text(), re.DOTALL))


def run_lines(desk: Desk, script: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    """Run them in a folder, with the desk at the address that guides say."""
    server = uvicorn.Server(uvicorn.Config(desk.app, log_config=None))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, args=[[listening]])
        thread.start()
        try:
            return subprocess.run(
                [
                    *("bash", "-euxo", "pipefail", "-c"),
                    script.replace("127.0.0.1:8000", f"127.0.0.1:{listening.getsockname()[1]}"),
                ],
                cwd=folder,
                capture_output=True,
                text=True,
                timeout=180,
                check=False,
            )
        finally:
            server.should_exit = True
            thread.join()
