"""simulate, replay, kpi and import."""

import csv
import io
import json
from pathlib import Path
from typing import Any

from tests.api.console.running import Run

LOG = """\
,case,event,startTime,org:resource,Activity
0,Case1,Assign seriousness,2012/10/09 13:50:17.000,Value 1,Assign seriousness
1,Case1,Take in charge ticket,2012/10/09 13:51:01.000,Value 1,Take in charge ticket
2,Case1,Resolve ticket,2012/10/12 15:02:56.000,Value 1,Resolve ticket
3,Case1,Closed,2012/10/27 17:51:05.000,Value 3,Closed
"""
BROKEN = LOG + "4,Case2,Assign seriousness,yesterday,Value 1,Assign seriousness\n"


def replayed(told: Run, *arguments: str) -> list[Any]:
    steps: list[Any] = told("replay", *arguments, "--json").json
    return steps


def test_the_same_simulation_again_adds_nothing(told: Run) -> None:
    again = told(
        *("simulate", "--tickets", "30", "--seed", "5"),
        *("--from", "2025-09-01", "--to", "2025-09-08", "--json"),
    )
    assert again.json["events"] == again.json["refused"] == 0
    assert again.json["already_there"] > 100


def test_a_simulation_without_sense_is_refused_in_a_sentence(run: Run) -> None:
    window = ("--from", "2025-09-08", "--to", "2025-09-01")
    refused = run("simulate", "--tickets", "1", *window)
    assert (refused.code, "before" in refused.err) == (1, True)
    assert run("simulate", "--tickets", "1", "--from", "soon", "--to", "later").code == 2


def test_replay_finds_a_ticket_by_number_id_and_imported_name(told: Run) -> None:
    steps = replayed(told, "7")
    assert steps[0]["kind"] == "ticket.opened"
    assert steps[0]["state"]["number"] == 7
    assert [step["version"] for step in steps] == list(range(1, len(steps) + 1))
    ident = told("kpi", "opened", "--format", "json")
    assert ident.code == 0
    assert replayed(told, steps[0]["source"]["case"]) == steps == replayed(told, "#7")


def test_replay_goes_to_any_instant_and_any_version(told: Run) -> None:
    steps = replayed(told, "3")
    middle = steps[len(steps) // 2]
    assert replayed(told, "3", "--as-of", middle["occurred_at"])[-1] == middle
    assert replayed(told, "3", "--at-version", str(middle["version"]))[-1] == middle
    before = told("replay", "3", "--as-of", "2001-01-01")
    assert (before.code, "opened later" in before.err) == (1, True)


def test_replay_marks_what_each_event_changed(told: Run) -> None:
    shown = told("replay", "3").out
    assert "*number 3 (was 0)" in shown
    assert "assigned" in shown
    for step, following in zip(steps := replayed(told, "3"), steps[1:], strict=False):
        differing = {
            name
            for name, value in following["state"].items()
            if name != "version" and value != step["state"][name]
        }
        assert set(following["changed"]) == differing


def test_an_unknown_ticket_is_named(told: Run) -> None:
    unknown = told("replay", "99999")
    assert (unknown.code, "99999" in unknown.err) == (1, True)


def test_figures_are_the_same_as_table_csv_and_json(told: Run) -> None:
    window = ("--from", "2025-09-01", "--to", "2025-09-08", "--zone", "Asia/Seoul")
    asked = ("kpi", "opened", "first_response_time", *window, "--by", "channel")
    rows = told(*asked, "--format", "json").json["rows"]
    assert sum(row["n"] for row in rows if row["figure"] == "opened") == 30
    as_csv = list(csv.DictReader(io.StringIO(told(*asked, "--format", "csv").out)))
    assert [row["channel"] for row in as_csv] == [row["channel"] for row in rows]
    assert [int(row["n"]) for row in as_csv] == [row["n"] for row in rows]
    assert "first_response_time" in told(*asked).out


def test_figures_can_be_filtered_split_and_explained(told: Run) -> None:
    window = ("--from", "2025-09-01", "--to", "2025-09-08", "--zone", "Asia/Seoul")
    daily = told("kpi", "opened", *window, "--per", "day", "--format", "json").json["rows"]
    assert sum(row["n"] for row in daily) == 30
    assert len({row["span"] for row in daily}) > 3
    some = told("kpi", "opened", *window, "--where", "channel=email", "--format", "json").json
    assert 0 < sum(row["n"] for row in some["rows"]) < 30
    assert "first_response_time" in told("kpi", "--list").out


def test_an_unknown_figure_or_condition_is_refused(told: Run) -> None:
    assert told("kpi", "happiness").code == 1
    assert told("kpi", "opened", "--where", "channel").code == 2
    assert told("kpi", "opened", "--zone", "Mars/Base", "--from", "2025-09-01").code in (1, 2)


def test_an_import_brings_the_history_in_once(run: Run, tmp_path: Path) -> None:
    file, report = tmp_path / "log.csv", tmp_path / "report.json"
    file.write_text(LOG)
    asked = ("import", str(file), "--mapping", "italian_helpdesk")
    first = run(*asked, "--report", str(report), "--json")
    assert (first.code, first.json["rows_written"], first.json["cases_new"]) == (0, 4, 1)
    assert json.loads(report.read_text()) == first.json
    again = run(*asked, "--json")
    assert (again.json["rows_written"], again.json["rows_already_there"]) == (0, 4)
    run("rebuild", "--all")
    assert [s["event"].get("state") for s in replayed(run, "Case1") if "row" in s["kind"]]


def test_a_dry_run_says_what_would_be_done_and_writes_nothing(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    file.write_text(LOG)
    asked = ("import", str(file), "--mapping", "italian_helpdesk", "--json")
    would = run(*asked, "--dry-run")
    assert (would.json["rows_written"], "dry run" in would.err) == (4, True)
    assert run("check", "--log-only", "--json").json["events"] == 0
    did = run(*asked).json
    assert {**did, "seconds": 0, "rows_per_second": 0} == {
        **would.json,
        "seconds": 0,
        "rows_per_second": 0,
    }


def test_broken_rows_and_wrong_mappings_end_with_code_1(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    file.write_text(BROKEN)
    done = run("import", str(file), "--mapping", "italian_helpdesk", "--json")
    assert (done.code, done.json["rows_written"], done.json["rows_broken"]) == (1, 4, 1)
    assert run("import", "nowhere.csv", "--mapping", "italian_helpdesk").code == 2
