"""A further process of Chronodesk is Chronodesk, wherever it is started."""

import subprocess
from pathlib import Path

from api.console.beside import PROGRAM


def test_a_file_in_the_folder_does_not_take_its_place(tmp_path: Path) -> None:
    for name in ("api.py", "domain.py", "json.py"):
        (tmp_path / name).write_text("raise SystemExit('somebody else')\n")
    ran = subprocess.run(
        [*PROGRAM, "worker", "--help"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, "")
