"""Commands asked over HTTP are judged by what their answers name: streams and versions."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.rig import checker
from tests.rig.history import History, Outcome
from tests.rig.test_rig_checker import (
    Run,
    drop_the_last_event_and_take_the_head_back,
    made,
    write_a_command_twice,
)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return made(tmp_path)


def over_http(run: Run) -> Run:
    """The same commands, as one knows of them who asked over HTTP."""
    asked = {
        number: replace(one, wanted=(), decided_there=True)
        for number, one in run.history.asked.items()
        if not run.history.is_(number, Outcome.REFUSED)
    }
    heard = {
        number: replace(
            one,
            events=tuple(replace(event, lane=-1, position=0, what="") for event in one.events),
        )
        for number, one in run.history.heard.items()
        if number in asked
    }
    return replace(run, history=History(asked, heard))


def test_what_is_asked_over_http_is_judged_by_streams_and_versions(run: Run) -> None:
    assert over_http(run).judged() == []
    write_a_command_twice(run)
    assert checker.ONCE in {finding.rule for finding in over_http(run).judged()}


def test_what_is_lost_of_that_is_found(run: Run) -> None:
    drop_the_last_event_and_take_the_head_back(run)
    assert checker.ONCE in {finding.rule for finding in over_http(run).judged()}
