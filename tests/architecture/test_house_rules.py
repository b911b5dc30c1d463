"""The rules of the house are enforced, and the enforcement notices when they are broken."""

import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("domain", "commands", "projections", "adapters", "api")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())

LONGEST_FILE = 350  # lines; a file that says more than one thing is usually longer
LONG_FOR_A_REASON = {
    "domain/ticket/events.py": "a vocabulary, read from top to bottom: all that can happen",
    "domain/ticket/state.py": "one fold with one case per event",
}
"""Path -> why it is one file all the same."""


def python_files() -> list[Path]:
    return [
        path
        for room in (*ROOMS, "tests", "bench")
        for path in sorted((ROOT / room).rglob("*.py"))
        if "__pycache__" not in path.parts
    ]


def test_the_repository_is_not_itself_a_package() -> None:
    assert not (ROOT / "__init__.py").exists()


def test_each_folder_of_a_room_is_a_package() -> None:
    folders = {path.parent for path in python_files() if path.relative_to(ROOT).parts[0] in ROOMS}
    assert [str(folder) for folder in folders if not (folder / "__init__.py").exists()] == []


def test_every_room_is_installed_and_tests_are_not() -> None:
    assert PROJECT["tool"]["setuptools"]["packages"]["find"]["include"] == [f"{r}*" for r in ROOMS]


def test_no_file_eats_everything() -> None:
    long = {
        str(path.relative_to(ROOT))
        for path in python_files()
        if len(path.read_text().splitlines()) > LONGEST_FILE
    }
    assert long - LONG_FOR_A_REASON.keys() == set()
    assert LONG_FOR_A_REASON.keys() - long == set()


LOCKS = ["requirements.lock", "requirements-dev.lock", "requirements-bench.lock"]


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_everything_by_hash_and_names_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert re.findall(r"\w+://|--(?:index|extra-index|find-links)", text) == []
    pins = re.findall(r"^\S+==\S+.*\\\n(?=    --hash=sha256:)", text, re.MULTILINE)
    names = re.findall(r"^[a-zA-Z0-9]", text, re.MULTILINE)
    assert len(pins) == len(names) > 0


@pytest.mark.parametrize("folder", ["ui", "tests/oidc_provider"])
def test_a_lock_of_npm_pins_everything_by_hash_and_names_no_address(folder: str) -> None:
    packages = json.loads((ROOT / folder / "package-lock.json").read_text())["packages"]
    itself = packages.pop("")
    assert itself["name"].startswith("chronodesk")
    assert [name for name, package in packages.items() if "integrity" not in package] == []
    assert [name for name, package in packages.items() if "resolved" in package] == []


@pytest.mark.parametrize("lock", LOCKS[1:])
def test_locks_agree(lock: str) -> None:
    def pins(lock: str) -> set[str]:
        return set(re.findall(r"^(\S+==\S+)", (ROOT / lock).read_text(), re.MULTILINE))

    assert pins("requirements.lock") <= pins(lock)


@pytest.mark.parametrize("extra", ["dev", "bench"])
def test_a_lock_has_every_direct_dependency(extra: str) -> None:
    locked = (ROOT / f"requirements-{extra}.lock").read_text()
    wanted = PROJECT["project"]["dependencies"] + PROJECT["project"]["optional-dependencies"][extra]
    names = [re.split(r"[^\w.-]", wish)[0].lower() for wish in wanted]
    assert [name for name in names if f"\n{name}==" not in f"\n{locked}"] == []


PLANTED = [
    ("domain/planted.py", "import commands", "Dependencies point inwards"),
    ("domain/planted.py", "import orjson", "The core knows no library"),
    ("commands/planted.py", "import projections", "Dependencies point inwards"),
    ("projections/planted.py", "import commands", "Dependencies point inwards"),
    ("projections/planted.py", "import psycopg", "The core knows no library"),
    ("adapters/planted.py", "import api", "Dependencies point inwards"),
    ("api/planted.py", "import adapters", "Only api.main and api.wiring name adapters"),
]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The smallest house that the rules apply to: five rooms, and the two allowed imports."""
    house = tmp_path_factory.mktemp("house")
    shutil.copy(ROOT / "pyproject.toml", house)
    for room in ROOMS:
        (house / room).mkdir()
        (house / room / "__init__.py").touch()
    (house / "adapters" / "memory.py").touch()
    (house / "api" / "main.py").write_text("import adapters.memory\n")
    (house / "api" / "wiring").mkdir()
    (house / "api" / "wiring" / "__init__.py").touch()
    (house / "api" / "wiring" / "kafka.py").write_text("import adapters.memory\n")
    return house


def lint(house: Path) -> subprocess.CompletedProcess[str]:
    linter = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [linter, "--no-cache"], cwd=house, capture_output=True, text=True, check=False
    )


def test_a_house_that_keeps_the_rules_passes(copy: Path) -> None:
    done = lint(copy)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(("file", "wrong", "rule"), PLANTED)
def test_an_import_in_the_wrong_direction_is_caught(
    copy: Path, file: str, wrong: str, rule: str
) -> None:
    planted = copy / file
    planted.write_text(f"{wrong}\n")
    try:
        done = lint(copy)
    finally:
        planted.unlink()
    assert done.returncode != 0
    assert f"{rule} BROKEN" in done.stdout


def test_the_rules_hold_in_this_house() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
