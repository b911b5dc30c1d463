"""The feed in a terminal: from any position on, of some kinds, to read or for programs."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from adapters.postgres.lanes import Lanes
from tests.api.console.running import Run
from tests.api.console.test_publish import write

FEED = [sys.executable, "-u", "-c", "from api.cli import main; main()", "feed"]


def lines(run: Run, *options: str) -> list[dict[str, Any]]:
    ran = run("feed", "--no-follow", "--format", "jsonl", *options)
    assert ran.code == 0, ran.err
    return [json.loads(line) for line in ran.out.splitlines()]


def test_each_event_is_a_line_of_json_from_any_position_on(run: Run, database_url: str) -> None:
    run("status")
    write(database_url, 5)
    assert [event["position"] for event in lines(run, "--from", "1")] == ["1", "2", "3", "4", "5"]
    assert [event["position"] for event in lines(run, "--from", "4")] == ["4", "5"]
    assert [event["position"] for event in lines(run, "--from", "0:5")] == ["5"]
    assert lines(run, "--from", "6") == []
    assert lines(run) == [], "without a position it begins with what comes next"
    assert {event["type"] for event in lines(run, "--from", "1")} == {"requester.registered"}
    assert lines(run, "--from", "1", "--type", "ticket") == []
    assert len(lines(run, "--from", "1", "--type", "requester.registered")) == 5
    assert lines(run, "--from", "1", "--workspace", "elsewhere") == []


def test_it_can_be_read(run: Run, database_url: str) -> None:
    run("status")
    write(database_url, 1)
    said = run("feed", "--no-follow", "--from", "1", "--format", "pretty").out
    assert "0:1" in said
    assert "requester.registered" in said


def test_it_is_the_whole_log_with_several_lanes(run: Run, database_url: str) -> None:
    run("status")
    Lanes(database_url).set(3)
    write(database_url, 700)
    events = lines(run, "--from", "1")
    assert len(events) == 700
    for lane in ("0", "1", "2"):
        told = [int(event["position"]) for event in events if event["lane"] == lane]
        assert told == list(range(1, len(told) + 1))


@pytest.mark.parametrize("position", ["0", "x", "0:0", "0:", "1:x"])
def test_what_is_no_position_is_refused(run: Run, position: str) -> None:
    ran = run("feed", "--no-follow", "--from", position)
    assert ran.code == 2
    assert "is no position" in " ".join(ran.err.split())


def test_a_lane_that_is_not_there_is_refused(run: Run) -> None:
    ran = run("feed", "--no-follow", "--from", "7:1")
    assert ran.code == 1
    assert "There is no lane 7" in ran.err


def test_a_type_that_is_not_there_is_refused(run: Run) -> None:
    ran = run("feed", "--no-follow", "--type", "ticket.opend")
    assert ran.code == 2
    assert "no kind of event" in " ".join(ran.err.split())


def test_it_shows_what_happens_while_one_looks(run: Run, database_url: str) -> None:
    run("status")
    write(database_url, 1)
    with subprocess.Popen(
        [*FEED, "--from", "1"],
        env=os.environ | {"CHRONODESK_DATABASE_URL": database_url},
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        try:
            assert json.loads(process.stdout.readline())["position"] == "1"
            write(database_url, 1)
            assert json.loads(process.stdout.readline())["position"] == "2"
        finally:
            process.kill()


def test_it_ends_when_nobody_reads_any_more(run: Run, database_url: str) -> None:
    run("status")
    write(database_url, 1_000)
    with subprocess.Popen(
        [*FEED, "--from", "1"],
        env=os.environ | {"CHRONODESK_DATABASE_URL": database_url},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(60) == 0
        assert process.stderr.read() == b""
