"""What the documentation tells people to type exists, and where it points there is something."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer

from api.console.app import app

ROOT = Path(__file__).parents[2]
PAGES = [
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
    ROOT / "bench" / "README.md",
]
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
PROGRAM: Any = typer.main.get_command(app)
"""A group: something with `commands` by name, each a group or something with `params`."""

_CODE = re.compile(r"^```[a-z]*\n(.*?)^```|`([^`\n]+)`", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\((?!https?://)([^)#\s]+)")


def code(page: Path) -> list[str]:
    """Lines of code on a page: those of blocks, continued ones joined, and those in sentences."""
    found = []
    for block, inline in _CODE.findall(page.read_text(encoding="utf-8")):
        found += (block or inline).replace("\\\n", " ").splitlines()
    return found


def calls(page: Path, program: str) -> list[list[str]]:
    """Arguments of every call of `program` on a page."""
    found = []
    for line in code(page):
        for called in re.findall(rf"(?:^|[ (/]){program} ([a-z-][^|)]*)", line):
            words = shlex.split(called.split(" #")[0].split(" > ")[0], posix=True)
            found.append([word.strip(".,;:") for word in words])
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_and_option_in_the_documentation_exists(page: Path) -> None:
    for arguments in calls(page, "chronodesk"):
        command = PROGRAM
        words = list(arguments)
        while hasattr(command, "commands") and words and not words[0].startswith("-"):
            assert words[0] in command.commands, f"chronodesk {' '.join(arguments)}"
            command = command.commands[words.pop(0)]
        known = {name for option in command.params for name in option.opts} | {"--help"}
        used = {word.partition("=")[0] for word in words if word.startswith("--")}
        assert used <= known, f"chronodesk {' '.join(arguments)}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_make_target_in_the_documentation_exists(page: Path) -> None:
    named = {
        word for words in calls(page, "make") for word in words[:1] if not word.startswith("-")
    }
    assert named <= TARGETS


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    linked = _LINK.findall(page.read_text(encoding="utf-8"))
    assert [link for link in linked if not (page.parent / link).exists()] == []


def test_every_page_can_be_reached_from_the_index() -> None:
    reached, waiting = set[Path](), [ROOT / "docs" / "index.md"]
    while waiting:
        page = waiting.pop()
        if page not in reached:
            reached.add(page)
            linked = _LINK.findall(page.read_text(encoding="utf-8"))
            waiting += [(page.parent / link).resolve() for link in linked if link.endswith(".md")]
    assert {page for page in PAGES if "docs" in page.parts} - reached == set()


def commands(group: Any, prefix: str = "") -> dict[str, Any]:
    """All commands that are no groups, by their full names."""
    found: dict[str, Any] = {}
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            found |= commands(command, f"{prefix}{name} ")
        else:
            found[f"{prefix}{name}"] = command
    return found


COMMANDS = commands(PROGRAM)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_says_what_it_does_with_an_example(name: str) -> None:
    said, example, call = COMMANDS[name].help.partition("Example: ")
    assert said.strip()
    assert example
    assert name in call


def test_the_readme_says_the_same_in_both_languages() -> None:
    english, korean = ROOT / "README.md", ROOT / "README.ko.md"
    assert calls(english, "chronodesk") == calls(korean, "chronodesk")
    assert calls(english, "make") == calls(korean, "make")
    links = [set(_LINK.findall(page.read_text())) for page in (english, korean)]
    assert links[0] - {"README.ko.md"} == links[1] - {"README.md"}
