"""The guide to calendars and policies, line by line."""

import contextlib
import re
import shlex
from pathlib import Path

import pytest

from domain.conditions import ATTRIBUTES, Op
from domain.sla.policy import (
    BotReply,
    ClockName,
    FollowUp,
    OnBehalf,
    OnChange,
    OnMerge,
    OnReopen,
    Recipient,
)
from tests.api.console.running import Run

DOCS = Path(__file__).parents[3] / "docs"
GUIDE = (DOCS / "how-to/sla.md").read_text(encoding="utf-8")
REFERENCE = (DOCS / "reference/sla.md").read_text(encoding="utf-8")
_BLOCK = re.compile(r"```(yaml|sh)\n(.*?)```", re.DOTALL)


def test_the_guide_runs_as_it_is(run: Run, tmp_path: Path) -> None:
    ran = 0
    with contextlib.chdir(tmp_path):
        for kind, text in _BLOCK.findall(GUIDE):
            if kind == "yaml":
                name = text.partition("\n")[0].removeprefix("# ")
                Path(name).write_text(text, encoding="utf-8")
                continue
            for line in text.splitlines():
                words = shlex.split(line)
                arguments, into = words[1:], None
                if words[-2] in (">", ">>"):
                    arguments, into = words[1:-2], words[-1]
                done = run(*arguments)
                assert done.code == 0, (line, done.err)
                ran += 1
                if into is not None:
                    with Path(into).open("a" if words[-2] == ">>" else "w") as file:
                        file.write(done.out)
    assert ran >= 15
    assert "gold" in run("sla", "policies", "list").out


@pytest.mark.parametrize(
    "names",
    [
        ClockName,
        Op,
        OnChange,
        OnReopen,
        OnMerge,
        FollowUp,
        BotReply,
        OnBehalf,
        Recipient,
        ATTRIBUTES,
    ],
    ids=lambda names: getattr(names, "__name__", "attributes"),
)
def test_the_reference_has_every_name(names: tuple[str, ...]) -> None:
    assert [name for name in names if f"`{name}`" not in REFERENCE] == []
