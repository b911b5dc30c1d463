"""The guides to the API, line by line against a running desk."""

import json
import shutil
from pathlib import Path

import pytest

from domain.access import Role
from tests.api.desk import WORKSPACE, Desk
from tests.api.guides import run_lines, script_of
from tests.api.live_desk import running_live

HOW_TO = Path(__file__).parents[2] / "docs/how-to"

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="the guides speak curl")


def test_the_guide_runs_as_it_is(desk: Desk, tmp_path: Path) -> None:
    desk.services.sessions.put_account(
        workspace=WORKSPACE,
        email="admin@example.com",
        person="kim",
        role=Role.ADMIN,
        name="Kim",
        password="change me now",
    )
    script = script_of(HOW_TO / "api.md")
    ran = run_lines(desk, script, tmp_path)
    assert ran.returncode == 0, ran.stderr + ran.stdout
    assert script.count("curl") == ran.stderr.count("+ curl") - 1  # the loop runs its one twice


def test_the_guide_to_configuration_runs_as_it_is(desk: Desk, tmp_path: Path) -> None:
    script = script_of(HOW_TO / "configure-the-workspace.md")
    signed_in = f"DESK=http://127.0.0.1:8000/api/v1 TOKEN={desk.token(Role.ADMIN, 'kim')}\n"
    ran = run_lines(desk, signed_in + script, tmp_path)
    assert ran.returncode == 0, ran.stderr + ran.stdout
    answers = [json.loads(line) for line in ran.stdout.splitlines() if line.strip()]
    rendered = next(answer for answer in answers if "body" in answer)
    assert rendered["body"].startswith("Hello Mina, your ticket is number")
    undone = next(
        a for a in answers if any(e["details"].get("undoes") for e in a.get("events", ()))
    )
    assert undone["ticket"]["agent"] is None


def test_the_guide_to_the_live_stream_runs_as_it_is(database_url: str, tmp_path: Path) -> None:
    with running_live(database_url) as live:
        script = script_of(HOW_TO / "live.md")
        signed_in = (
            f"DESK=http://127.0.0.1:8000/api/v1 TOKEN={live.desk.token(Role.ADMIN, 'kim')}\n"
        )
        ran = run_lines(live.desk, signed_in + script, tmp_path)
        assert ran.returncode == 0, ran.stderr + ran.stdout
        assert ran.stdout.rstrip().endswith('{"people":[]}')
