"""Chronodesk's clocks are held to the public suite, and the suite to what it promises to cover."""

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from adapters.holidays import public_holidays
from domain.sla.policy import (
    AppliesTo,
    BotReply,
    ClockName,
    FollowUp,
    OnBehalf,
    OnChange,
    OnMerge,
    OnReopen,
)
from tests.conformance.sla.compare import differences, run
from tests.conformance.sla.ours import answer
from tests.conformance.sla.scenarios import (
    WrongScenario,
    all_scenarios,
    instant_of,
    scenarios_in,
    span_of,
)

SCENARIOS = all_scenarios()
COVERED = {about for scenario in SCENARIOS for about in scenario["covers"]}
AT_LEAST = 120

OPTIONS = {
    "on_change": OnChange,
    "on_reopen": OnReopen,
    "on_merge": OnMerge,
    "follow_up": FollowUp,
    "bot_reply": BotReply,
    "on_behalf": OnBehalf,
    "on_edit": AppliesTo,
}
"""The rows of the table of disagreements, and the ways of each."""

TRAPS = {
    "pending-lost-on-priority-change",
    "pending-lost-on-policy-change",
    "violation-while-paused",
    "dst-due",
    "second-window-ignored",
    "lunch-ignored",
    "reopened-shows-days",
    "update-overrules-first",
    "merged-still-escalates",
    "breach-ignores-hours",
    "day-changes-meaning",
    "edit-rejudges-past",
    "renamed-status",
    "seconds-truncated",
    "breach-disappears",
}


CALENDARS = {
    "windows",
    "seconds",
    "over-midnight",
    "touch-midnight",
    "holiday",
    "half-day",
    "opening",
    "zone",
    "per-target",
}

EDITS = {"ahead", "calendar", "retire", "new-promise", "rejudge", "known-at"}


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: f"{one['theme']}: {one['name']}")
def test_clocks_say_what_they_should(scenario: dict[str, Any]) -> None:
    assert differences(scenario, answer(scenario)) == []


def test_there_are_as_many_as_promised() -> None:
    assert len(SCENARIOS) >= AT_LEAST


@pytest.mark.parametrize(
    "about",
    [
        *(f"option:{row}={way}" for row, ways in OPTIONS.items() for way in ways),
        *(f"option:counts_resolved={way}" for way in ("true", "false")),
        *(f"option:pauses={way}" for way in ("default", "none", "requester", "third-party")),
        *(f"trap:{trap}" for trap in sorted(TRAPS)),
        *(f"clock:{clock}" for clock in ClockName),
        *(f"clock:{clock}:{part}" for clock in ClockName for part in ("start", "stop", "pause")),
        *(f"calendar:{what}" for what in sorted(CALENDARS)),
        *(f"edit:{what}" for what in sorted(EDITS)),
        *(f"merge:{what}" for what in ("absorb", "unmerge", "split", "follow-up")),
        *(f"step:{what}" for what in ("share", "before", "after")),
        *(f"dst:{zone}" for zone in ("Europe/Berlin", "America/New_York")),
        *(f"dst:{zone}" for zone in ("Australia/Sydney", "Australia/Lord_Howe")),
        "holiday:KR",
        "undo",
    ],
)
def test_the_suite_covers(about: str) -> None:
    assert about in COVERED


@pytest.mark.parametrize("trap", sorted(TRAPS))
def test_the_public_report_of_each_trap_is_named(trap: str) -> None:
    """By its address, in which product and number stand."""
    sources = {one["source"] for one in SCENARIOS if f"trap:{trap}" in one["covers"]}
    assert any(re.fullmatch(_REPORT, source) for source in sources if source)


_REPORT = r"https://github\.com/[\w.-]+/[\w.-]+/(issues|pull)/\d+"


def test_a_source_is_the_address_of_a_public_report() -> None:
    sources = [one["source"] for one in SCENARIOS if one["source"]]
    assert [source for source in sources if not re.fullmatch(_REPORT, source)] == []


@pytest.mark.parametrize(
    "scenario",
    [one for one in SCENARIOS if "holiday:KR" in one["covers"]],
    ids=lambda one: str(one["name"]),
)
def test_the_korean_holidays_are_those_of_the_law(scenario: dict[str, Any]) -> None:
    """Neither one too many nor one too few, from the opening of the ticket until it is due."""
    first, last = (
        datetime.fromisoformat(at).astimezone(ZoneInfo("Asia/Seoul")).date()
        for at in (scenario["timeline"][0]["at"], scenario["expect"][-1]["clocks"][0]["due"])
    )
    (calendar,) = (entry for entry in scenario["book"] if entry["kind"] == "calendar")
    listed = {date.fromisoformat(one["day"]) for one in calendar["holidays"]}
    lawful = {one.day for one in public_holidays("KR", first.year, last.year)}
    assert {day for day in listed if first <= day <= last} == {
        day for day in lawful if first <= day <= last
    }
    assert listed <= {one.day for one in public_holidays("KR", first.year, first.year)}


# ── The suite itself ─────────────────────────────────────────────────────────────────────────────


def wrong(clock: Mapping[str, Any]) -> dict[str, Any]:
    return {**clock, "elapsed": clock["elapsed"] + 1, "state": "met"}


def test_a_wrong_clock_is_told_from_a_right_one() -> None:
    noticed = run(SCENARIOS, lambda one: [[wrong(c) for c in at] for at in answer(one)])
    silent = {one["name"] for one in SCENARIOS} - noticed.keys()
    assert all(not clock for one in SCENARIOS if one["name"] in silent for clock in _clocks(one))


def _clocks(scenario: Mapping[str, Any]) -> list[Any]:
    """Of each expected clock, what the wrong answers above differ in."""
    return [
        [name for name in ("elapsed", "state") if name in clock and clock[name] != "met"]
        for one in scenario["expect"]
        for clock in one["clocks"]
    ]


def test_a_clock_too_many_and_a_missing_one_are_noticed() -> None:
    scenario = next(one for one in SCENARIOS if one["name"].startswith("a new ticket in a queue"))
    right = answer(scenario)
    assert "there is no handling clock" in differences(scenario, [right[0][:-1]])[0]
    more = [*right[0], {**right[0][0], "clock": "update"}]
    assert "update 1 is there, too" in differences(scenario, [more])[0]
    assert differences(scenario, []) == ["asked about 1 instants, answered about 0"]


def test_another_program_can_be_asked() -> None:
    scenario = SCENARIOS[0]
    done = subprocess.run(
        [sys.executable, "-m", "tests.conformance.sla.ours"],
        input=json.dumps(scenario),
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert differences(scenario, json.loads(done.stdout)) == []


def test_the_runner_tells_what_failed() -> None:
    command = [sys.executable, "-m", "tests.conformance.sla", "--only", "lunch"]
    answers = f"{sys.executable} -c 'print([])'"
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [*command, "--against", answers], capture_output=True, text=True, check=False, cwd=root
    )
    assert done.returncode == 1
    assert "FAILED  the lunch break does not count" in done.stdout
    asked = sum("lunch" in one["name"] or "lunch" in str(one["covers"]) for one in SCENARIOS)
    assert f"0 of {asked} scenarios" in done.stdout


SCENARIO = """
calendars: {always: {zone: UTC, weekly: {mon-sun: ["00:00-24:00"]}}}
policies: {one: {promises: {resolution: {target: 1h, calendar: always}}}}
book: [{calendar: always}, {policy: one}]
scenarios:
- name: mine
  why: Because.
  covers: [mine]
  timeline: [{at: 2026-03-02 09:00, do: open, by: requester}]
  expect: [{at: 2026-03-02 09:30, clocks: [{clock: resolution, elapsed: 30m}]}]
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "mine.yaml"
    path.write_text(text)
    return path


def test_a_scenario_of_ones_own_is_read(tmp_path: Path) -> None:
    (mine,) = scenarios_in(written(tmp_path, SCENARIO))
    assert differences(mine, answer(mine)) == []


def test_a_span_of_days_may_go_over_the_end_of_the_week(tmp_path: Path) -> None:
    text = SCENARIO.replace("mon-sun", "sat-tue")
    (mine,) = scenarios_in(written(tmp_path, text))
    weekly = mine["book"][0]["weekly"]
    assert [day for day, windows in weekly.items() if windows] == ["mon", "tue", "sat", "sun"]


@pytest.mark.parametrize(
    ("right", "wrong", "says"),
    [
        ("elapsed: 30m", "elapsed: 1d", "'1d' is no span"),
        ("elapsed: 30m", "elasped: 30m", "'elasped' was unexpected"),
        ("do: open", "do: opens", "'opens' is not one of"),
        ("policy: one", "policy: two", "'two'"),
        ("at: 2026-03-02 09:30", "at: tomorrow", "Invalid isoformat"),
        ("covers: [mine]", "covers: []", "mine, at covers"),
        ("- name: mine", "- nome: mine", "nome"),
        ("scenarios:", "scenarios: [", "mine.yaml"),
    ],
)
def test_a_wrong_scenario_is_told_with_file_and_place(
    tmp_path: Path, right: str, wrong: str, says: str
) -> None:
    path = written(tmp_path, SCENARIO.replace(right, wrong, 1))
    with pytest.raises(WrongScenario, match=r"mine\.yaml") as told:
        list(scenarios_in(path))
    assert says in str(told.value)


def test_names_are_unique(tmp_path: Path) -> None:
    written(tmp_path, SCENARIO)
    (tmp_path / "other.yaml").write_text(SCENARIO)
    with pytest.raises(WrongScenario, match="unique: mine"):
        all_scenarios(tmp_path)


def test_spans_are_hours_minutes_and_seconds() -> None:
    assert [span_of(text) for text in ("2h", "90m", "1h30m", "1.5s", "-10m", "0s")] == [
        7200,
        5400,
        5400,
        1.5,
        -600,
        0,
    ]


def test_a_time_that_the_wall_clock_skips_is_no_instant() -> None:
    with pytest.raises(ValueError, match="skipped"):
        instant_of("2026-03-29 02:30", ZoneInfo("Europe/Berlin"))
