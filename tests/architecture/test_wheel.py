"""What is installed elsewhere is whole: a wheel carries the web app and each SQL and YAML file."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def carried(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    folder = tmp_path_factory.mktemp("wheel")
    build = ("wheel", "--no-deps", "--no-build-isolation", "--quiet", "--wheel-dir", str(folder))
    # A copy, so that what a build leaves behind is not found by the tests beside it.
    source = folder / "source"
    tracked = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    app = [str(path.relative_to(ROOT)) for path in (ROOT / "api/static/app").rglob("*")]
    for name in {*filter(None, tracked.stdout.split("\0")), *app}:
        if (ROOT / name).is_file() and not name.startswith(("tests/", "ui/", "docs/")):
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((ROOT / name).read_bytes())
    subprocess.run([sys.executable, "-m", "pip", *build, str(source)], check=True)
    (wheel,) = folder.glob("*.whl")
    return set(zipfile.ZipFile(wheel).namelist())


def test_the_wheel_carries_the_web_app(carried: set[str]) -> None:
    built = ROOT / "api/static/app"
    assert (built / "index.html").is_file(), "The web app is not built: make setup"
    assert {str(p.relative_to(ROOT)) for p in built.rglob("*") if p.is_file()} <= carried


def test_the_wheel_carries_all_that_programs_read(carried: set[str]) -> None:
    needed = {
        str(path.relative_to(ROOT))
        for room in ("domain", "commands", "projections", "adapters", "api")
        for path in (ROOT / room).rglob("*")
        if path.suffix in {".py", ".sql", ".yaml"}
    }
    assert needed - carried == set()


def test_the_wheel_carries_no_tests(carried: set[str]) -> None:
    assert not [name for name in carried if name.startswith(("tests/", "bench/", "ui/"))]
