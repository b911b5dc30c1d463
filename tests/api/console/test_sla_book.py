"""`chronodesk sla calendars`, `sla policies` and `sla rejudge`."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.api.console.running import Ran, Run

OFFICE = """\
calendar: seoul
display_name: 서울
zone: Asia/Seoul
weekly:
  monday: [09:00-12:00, 13:00-18:00]
  friday: [22:00-06:00]
holidays:
  - {day: 2027-05-05, name: 어린이날}
"""
GOLD = """\
policy: gold
display_name: Gold
rank: 10
condition:
  any:
    - {attribute: priority, op: is, values: [high]}
    - {attribute: region, op: is, values: [no, 09:00, "7"]}
promises:
  - clock: resolution
    targets:
      high: {seconds: 3600, calendar: seoul}
    steps:
      - {name: soon, share: 0.5, notify: [assignee]}
"""


def file(folder: Path, text: str, name: str = "given.yaml") -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.fixture
def kept(run: Run, tmp_path: Path) -> Run:
    """A desk with a calendar and a policy that counts on it."""
    for what, text in (("calendars", OFFICE), ("policies", GOLD)):
        done = run("sla", what, "set", file(tmp_path, text))
        assert done.code == 0, done.err
    return run


def test_what_is_shown_is_set_again_without_a_change(kept: Run, tmp_path: Path) -> None:
    for what, ident in (("calendars", "seoul"), ("policies", "gold")):
        shown = kept("sla", what, "show", ident)
        assert "Version" in shown.err
        again = kept("sla", what, "set", file(tmp_path, shown.out))
        assert (again.code, "is so already" in again.err) == (0, True), again.err
        as_json = kept("sla", what, "show", ident, "--json")
        again = kept("sla", what, "set", file(tmp_path, as_json.out, "given.json"))
        assert "is so already" in again.err


def test_text_in_a_file_stays_text(kept: Run) -> None:
    condition = kept("sla", "policies", "show", "gold", "--json").json["condition"]
    assert condition["any"][1]["values"] == ["no", "09:00", "7"]


def test_calendars_and_policies_are_listed(kept: Run) -> None:
    calendars = kept("sla", "calendars", "list").out.splitlines()
    assert calendars[-1] == "seoul\t1\t서울\tAsia/Seoul\tgold\tin force"
    policies = kept("sla", "policies", "list").out.splitlines()
    assert [line.split("\t")[1] for line in policies] == ["policy", "gold", "default"]
    assert "priority is high, or region is no or 09:00 or 7" in policies[1]
    assert kept("sla", "calendars", "list", "--json").json[-1]["calendar"] == "seoul"
    assert kept("sla", "policies", "list", "--json").json["items"][0]["policy"] == "gold"
    then = kept("sla", "policies", "list", "--as-of", "2020-01-01").out.splitlines()
    assert [line.split("\t")[1] for line in then] == ["policy", "default"]


def test_a_desk_that_promises_nothing_says_so(run: Run) -> None:
    assert run("sla", "policies", "retire", "default").code == 0
    told = run("sla", "policies", "list")
    assert "nothing is promised" in told.err
    assert told.out.splitlines()[-1].endswith("retired")
    again = run("sla", "policies", "retire", "default")
    assert (again.code, "is so already" in again.err) == (0, True)


def test_an_edit_is_undone_by_its_version(kept: Run, tmp_path: Path) -> None:
    kept("sla", "calendars", "set", file(tmp_path, OFFICE.replace("Asia/Seoul", "Asia/Tokyo")))
    kept("sla", "policies", "set", file(tmp_path, GOLD.replace("rank: 10", "rank: 99")))
    assert kept("sla", "calendars", "restore", "seoul", "--version", "1").code == 0
    assert kept("sla", "policies", "restore", "gold", "--version", "2").code == 0
    assert "zone: Asia/Seoul" in kept("sla", "calendars", "show", "seoul").out
    assert "rank: 10\n" in kept("sla", "policies", "show", "gold").out
    assert "rank: 99" in kept("sla", "policies", "show", "gold", "--version", "4").out
    lines = kept("sla", "policies", "history", "gold").out.splitlines()
    assert [line.split("\t")[:2] for line in lines[1:]] == [
        ["2", "set"],
        ["4", "set"],
        ["6", "set"],
    ]


def test_edits_can_be_for_later_and_for_new_tickets(kept: Run, tmp_path: Path) -> None:
    changed = file(tmp_path, GOLD.replace("rank: 10", "rank: 11"))
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    options = ("--effective-at", tomorrow, "--new-tickets")
    done = kept("sla", "policies", "set", changed, *options)
    assert (done.code, "as version 3 of the book" in done.err) == (0, True)
    assert kept("sla", "policies", "list").out.splitlines()[1].endswith("version 3 to come")
    history = kept("sla", "policies", "history", "gold").out.splitlines()
    assert history[-1].split("\t")[3] == "new_tickets"
    far = kept("sla", "policies", "set", changed, "--effective-at", "2990-01-01")
    assert (far.code, "effective_at: An edit takes effect within five" in far.err) == (1, True)
    calendar = file(tmp_path, OFFICE.replace("seoul", "busan"), "busan.yaml")
    first = kept("sla", "calendars", "set", calendar, "--new-tickets")
    assert (first.code, "applies_to" in first.err) == (1, True)
    past = kept("sla", "policies", "set", changed, "--effective-at", "2020-01-01")
    assert (past.code, "rejudge_history" in past.err) == (1, True)


def test_judging_anew_is_in_the_history(kept: Run) -> None:
    done = kept("sla", "rejudge", "--since", "2026-01-01", "--reason", "It was wrong.")
    assert (done.code, "judged anew" in done.err) == (0, True)
    again = kept("sla", "rejudge", "--since", "2026-01-01", "--reason", "It was wrong.")
    assert "nothing was written" in again.err
    assert "It was wrong." in kept("sla", "calendars", "history", "seoul").out
    history = kept("sla", "calendars", "history", "seoul", "--json").json
    assert history["rejudged"][0]["reason"] == "It was wrong."


def test_a_calendar_in_use_is_not_retired(kept: Run) -> None:
    refused = kept("sla", "calendars", "retire", "seoul")
    assert (refused.code, "Policy gold counts on" in refused.err) == (1, True)
    kept("sla", "policies", "retire", "gold")
    assert kept("sla", "calendars", "retire", "seoul").code == 0
    assert kept("sla", "calendars", "list").out.splitlines()[-1].endswith("retired")


def test_a_condition_is_tried_on_the_tickets_of_the_desk(told: Run, tmp_path: Path) -> None:
    every = file(tmp_path, "condition: {all: []}\n")
    done = told("sla", "policies", "preview", every, "--limit", "2")
    assert done.code == 0, done.err
    assert "tickets that are not over: always." in done.out
    assert told("sla", "policies", "preview", every, "--json").json["looked_at"] >= 0
    gold = told("sla", "policies", "preview", file(tmp_path, GOLD))
    assert "priority is high, or region is no" in gold.out
    wrong = file(tmp_path, "condition: {attribute: mood, op: is, values: [bad]}\n")
    refused = told("sla", "policies", "preview", wrong)
    assert (refused.code, "condition.attribute: There is no attribute" in refused.err) == (1, True)


def test_public_holidays_are_lines_for_a_file(run: Run, tmp_path: Path) -> None:
    found = run("sla", "calendars", "holidays", "--country", "KR", "--year", "2027")
    assert found.code == 0, found.err
    assert "- day: '2027-05-05'\n  name: 어린이날\n" in found.out
    base = OFFICE.partition("holidays:")[0]
    assert run("sla", "calendars", "set", file(tmp_path, base + found.out)).code == 0
    text = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n"
        "BEGIN:VEVENT\r\nSUMMARY:Founding\r\nDTSTART;VALUE=DATE:20200601\r\nRRULE:FREQ=YEARLY\r\n"
        "END:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:Party\r\nDTSTART:20270601T180000Z\r\nEND:VEVENT\r\n"
        "END:VCALENDAR\r\n"
    )
    ics = file(tmp_path, text, "company.ics")
    listed = run("sla", "calendars", "holidays", "--file", ics, "--year", "2027", "--json")
    assert listed.json == {"holidays": [{"day": "2027-06-01", "name": "Founding"}]}
    assert "Party" in listed.err
    none = run("sla", "calendars", "holidays", "--file", ics, "--year", "1999")
    assert "none from 1999" in none.err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the whole file"),
        ("- 1", "the whole file"),
        ("a: [", "given.yaml"),
        ("calendar: a\ncalendar: b\n", "stands twice"),
        (OFFICE + "colour: red\n", "colour"),
        (OFFICE.replace("Asia/Seoul", "Mars/Base"), "zone: There is no time zone 'Mars/Base'"),
        (OFFICE.replace("09:00-12:00", "09:00-14:00"), "weekly.monday: The windows"),
        (OFFICE.replace("2027-05-05", "2027-02-30"), "holidays[0].day: is not in the calendar"),
        (OFFICE + "rank: &a [*a]\n", "given.yaml"),
        ("a: \\0\n" + "[" * 5000, "given.yaml"),
        ("calendar: " + "9" * 5000, "given.yaml"),
    ],
)
def test_a_bad_file_is_told_by_its_field(run: Run, tmp_path: Path, text: str, said: str) -> None:
    refused: Ran = run("sla", "calendars", "set", file(tmp_path, text))
    assert (refused.code, said in refused.err) == (1, True), refused.err


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (("calendars", "show", "none"), "no such version of calendar 'none'"),
        (("calendars", "history", "none"), "no calendar 'none'"),
        (("calendars", "retire", "none"), "calendar: There is no calendar 'none'"),
        (("calendars", "restore", "none", "--version", "1"), "no calendar 'none'"),
        (("policies", "show", "none"), "no such version"),
        (("policies", "history", "none"), "no policy 'none'"),
        (("policies", "restore", "default", "--version", "1"), "has no version 1"),
        (("rejudge", "--since", "2990-01-01", "--reason", "x"), "since: Only the past"),
        (("calendars", "holidays", "--country", "XX", "--year", "2027"), "country: No public"),
    ],
)
def test_what_is_not_there_is_said(run: Run, call: tuple[str, ...], said: str) -> None:
    refused = run("sla", *call)
    assert (refused.code, said in refused.err) == (1, True), refused.err


def test_a_wrong_call_is_said(run: Run) -> None:
    assert run("sla", "calendars", "holidays", "--year", "2027").code == 2
    assert run("sla", "calendars", "set", "nowhere.yaml").code == 2
    assert run("sla", "rejudge", "--since", "soon", "--reason", "x").code == 2
