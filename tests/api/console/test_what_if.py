"""`chronodesk what-if`."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.api.console.running import Run

GUIDE = Path(__file__).parents[3] / "docs/how-to/what-if.md"
PERIOD = ("--from", "2025-09-01", "--to", "2025-10-01")


def changes(folder: Path, *given: Any) -> str:
    file = folder / "changes.json"
    file.write_text(json.dumps(given), encoding="utf-8")
    return str(file)


def half_an_hour(**more: Any) -> dict[str, Any]:
    priorities = ("urgent", "high", "normal", "low")
    target = {"seconds": 1_800, "calendar": "24x7"}
    return {
        "set_policy": {
            "policy": "swift",
            "display_name": "Swift",
            "rank": 1,
            "condition": {"all": []},
            "promises": [{"clock": "resolution", "targets": dict.fromkeys(priorities, target)}],
            **more,
        }
    }


def test_it_prints_before_and_after_and_what_moved(told: Run, tmp_path: Path) -> None:
    file = changes(tmp_path, half_an_hour())
    done = told("what-if", file, *PERIOD, "--by", "priority,queue", "--limit", "1")
    assert done.code == 0, done.err
    assert "attained before" in done.out
    assert "Newly breached: " in done.out
    assert "more; see --limit and --out" in done.out
    told_json = told("what-if", file, *PERIOD, "--by", "priority", "--json").json
    assert [row["clock"] for row in told_json["clocks"]] == ["first_response", "resolution"]
    assert set(told_json["by"]) == {"priority"}
    assert told_json["newly_breached"]["total"] > 1


def test_the_outcome_can_go_to_a_file(told: Run, tmp_path: Path) -> None:
    out = tmp_path / "outcome.json"
    done = told("what-if", changes(tmp_path, half_an_hour()), *PERIOD, "--out", str(out))
    assert (done.code, done.out) == (0, "")
    assert json.loads(out.read_text())["tickets"] == 30


def test_a_period_without_tickets_is_said(told: Run, tmp_path: Path) -> None:
    period = ("--from", "2001-01-01", "--to", "2001-02-01")
    done = told("what-if", changes(tmp_path, half_an_hour()), *period)
    assert (done.code, done.out) == (0, "No ticket has a clock in that period.\n")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([half_an_hour(rank=-1)], "changes[0].rank"),
        ([half_an_hour(odd=1)], "odd"),
        ([{"retire_policy": {"policy": "nowhere"}}], "changes[0].policy"),
        ([], "at least 1"),
        ([{}], "exactly one of"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused(
    run: Run, tmp_path: Path, given: list[Any], said: str
) -> None:
    refused = run("what-if", changes(tmp_path, *given), *PERIOD)
    assert (refused.code, said in refused.err) == (1, True), refused.err


def test_a_wrong_call_is_said(run: Run, tmp_path: Path) -> None:
    file = changes(tmp_path, half_an_hour())
    assert run("what-if", str(tmp_path / "nowhere.json"), *PERIOD).code == 2
    dimension = run("what-if", file, *PERIOD, "--by", "mood")
    assert (dimension.code, "no dimension 'mood'" in dimension.err) == (1, True)
    backwards = run("what-if", file, "--from", "2025-10-01", "--to", "2025-09-01")
    assert (backwards.code, "ends before it begins" in backwards.err) == (1, True)
    broken = tmp_path / "broken.json"
    broken.write_text("[", encoding="utf-8")
    assert run("what-if", str(broken), *PERIOD).code == 1


def test_the_changes_that_the_guide_shows_are_taken(told: Run, tmp_path: Path) -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    shown = json.loads(guide.partition("```json\n")[2].partition("```")[0])
    done = told("what-if", changes(tmp_path, *shown), *PERIOD, "--by", "policy")
    assert done.code == 0, done.err
