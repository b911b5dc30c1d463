"""First response and resolution: stories told in minutes after opening, and what they come to."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from domain.happened import Happened
from domain.ids import TicketId, event_id, ticket_stream
from domain.sla.clock import Because, ClockState
from domain.sla.policy import ClockName
from domain.ticket.words import Priority, Status
from tests.domain.promises import FIRST, RESOLUTION, minute
from tests.domain.stories import (
    ask,
    at,
    cancel,
    close,
    hold,
    merge,
    opened,
    pend,
    priority,
    reopen,
    reply,
    resolve,
    restore,
    resume,
    unmerge,
)
from tests.given import BOT, KIM, WORKSPACE

RUNNING, PAUSED, MET, BREACHED, CANCELLED = ClockState

STORIES: list[tuple[str, list[Happened], float, ClockName, ClockState, float]] = [
    # what happened, events, minute looked at, clock, its state, elapsed minutes
    ("nothing yet", [opened()], 30, FIRST, RUNNING, 30),
    ("answered", [opened(), reply(20)], 90, FIRST, MET, 20),
    ("answered at the very end", [opened(), reply(60)], 90, FIRST, MET, 60),
    ("the last instant of the target", [opened()], 60, FIRST, RUNNING, 60),
    ("out of time", [opened()], 61, FIRST, BREACHED, 61),
    ("answered late", [opened(), reply(61)], 90, FIRST, BREACHED, 61),
    ("a bot answered", [opened(), reply(5, BOT)], 30, FIRST, RUNNING, 30),
    ("on behalf, no word yet", [opened(KIM), ask(10)], 30, FIRST, RUNNING, 20),
    ("on behalf, agent first", [opened(KIM), reply(5), ask(10)], 30, FIRST, RUNNING, 20),
    ("a second message", [opened(), ask(10), reply(20)], 30, FIRST, MET, 20),
    ("pending does not stop a response", [opened(), pend(10)], 30, FIRST, RUNNING, 30),
    ("resolved without a word", [opened(), resolve(10)], 90, FIRST, PAUSED, 10),
    ("and closed", [opened(), resolve(10), close(20)], 90, FIRST, CANCELLED, 10),
    ("and reopened", [opened(), resolve(10), reopen(40)], 50, FIRST, RUNNING, 20),
    ("resolved", [opened(), resolve(100)], 300, RESOLUTION, MET, 100),
    ("resolved late", [opened(), resolve(121)], 300, RESOLUTION, BREACHED, 121),
    ("pending", [opened(), pend(30)], 300, RESOLUTION, PAUSED, 30),
    ("pending and back", [opened(), pend(30), resume(200)], 210, RESOLUTION, RUNNING, 40),
    ("on hold counts", [opened(), hold(30), resume(100)], 110, RESOLUTION, RUNNING, 110),
    ("late, then pending", [opened(), pend(130)], 300, RESOLUTION, BREACHED, 130),
    ("not late: it stood still", [opened(), pend(119)], 9000, RESOLUTION, PAUSED, 119),
    (
        "pending time survives a new priority",
        [opened(), pend(20), resume(200), priority(205, Priority.URGENT)],
        206,
        RESOLUTION,
        RUNNING,
        26,
    ),
    (
        "time that has passed counts against the new target",
        [opened(), priority(40, Priority.URGENT)],
        41,
        RESOLUTION,
        BREACHED,
        41,
    ),
    (
        "a breach stays when the priority bounces",
        [opened(), priority(40, Priority.URGENT), priority(45, Priority.NORMAL)],
        50,
        RESOLUTION,
        BREACHED,
        50,
    ),
    (
        "a new target while paused waits for the resumption",
        [opened(), pend(40), priority(50, Priority.URGENT)],
        90,
        RESOLUTION,
        PAUSED,
        40,
    ),
    (
        "and is exceeded then",
        [opened(), pend(40), priority(50, Priority.URGENT), resume(80)],
        81,
        RESOLUTION,
        BREACHED,
        41,
    ),
    (
        "nothing is promised for this priority",
        [opened(), priority(10, Priority.LOW)],
        90,
        RESOLUTION,
        CANCELLED,
        10,
    ),
    ("reopened: judged once", [opened(), resolve(50), reopen(90)], 999, RESOLUTION, MET, 50),
    ("resolved again", [opened(), resolve(50), reopen(90), resolve(500)], 999, RESOLUTION, MET, 50),
    ("merged", [opened(), merge(50)], 300, RESOLUTION, CANCELLED, 50),
    ("merged too late", [opened(), merge(125)], 300, RESOLUTION, BREACHED, 125),
    ("merged and parted", [opened(), merge(50), unmerge(100)], 110, RESOLUTION, RUNNING, 60),
    ("cancelled", [opened(), cancel(50)], 300, RESOLUTION, CANCELLED, 50),
    ("closed without resolving", [opened(), close(50)], 300, RESOLUTION, MET, 50),
    (
        "a resolution taken back never stopped it",
        [opened(), resolve(50), restore(70, Status.NEW, 2)],
        100,
        RESOLUTION,
        RUNNING,
        100,
    ),
    (
        "a pause taken back never was",
        [opened(), pend(50), restore(115, Status.NEW, 2)],
        119,
        RESOLUTION,
        RUNNING,
        119,
    ),
    (
        "a resumption taken back keeps the breach",
        [opened(), pend(50), resume(60), restore(200, Status.PENDING, 3)],
        300,
        RESOLUTION,
        BREACHED,
        50,
    ),
    (
        "a cancellation taken back",
        [opened(), cancel(50), restore(60, Status.NEW, 2)],
        70,
        RESOLUTION,
        RUNNING,
        70,
    ),
    (
        "half seconds are kept",
        [opened(), pend(0.125), resume(1), resolve(1.125)],
        5,
        RESOLUTION,
        MET,
        0.25,
    ),
    (
        "office hours: over night",
        [opened(priority=Priority.HIGH)],
        10 * 60,
        RESOLUTION,
        BREACHED,
        540,
    ),
    (
        "office hours: over the weekend",
        [opened(priority=Priority.HIGH), pend(60), resume(5 * 1440)],
        7 * 1440 + 30,
        RESOLUTION,
        RUNNING,
        90,
    ),
    (
        "another calendar from the change on",
        [opened(), priority(60, Priority.HIGH)],
        24 * 60 + 30,
        RESOLUTION,
        BREACHED,
        60 + 480 + 30,
    ),
]


@pytest.mark.parametrize(
    ("events", "n", "name", "state", "elapsed"),
    [story[1:] for story in STORIES],
    ids=[story[0] for story in STORIES],
)
def test_clock(
    events: list[Happened], n: float, name: ClockName, state: ClockState, elapsed: float
) -> None:
    clock = at(n, *events)[name]
    assert (clock.state, clock.elapsed / 60) == (state, elapsed)
    if clock.target is not None:
        assert clock.remaining == clock.target - clock.elapsed


def test_no_clock_runs_before_the_requester_wrote() -> None:
    assert FIRST not in at(30, opened(KIM), reply(5))


def test_it_is_due_when_its_time_is_used_up() -> None:
    clock = at(210, opened(), pend(30), resume(200))[RESOLUTION]
    assert clock.due_at == minute(290)
    assert at(40, opened(), pend(30))[RESOLUTION].due_at is None
    assert at(300, opened(), pend(30), resume(200))[RESOLUTION].breached_at == minute(290)


def test_it_is_due_at_the_end_of_office_hours() -> None:
    clock = at(1, opened(priority=Priority.HIGH))[RESOLUTION]
    assert clock.due_at == datetime(2026, 3, 2, 18, tzinfo=ZoneInfo("Asia/Seoul")).astimezone(UTC)


def test_it_says_which_events_did_what() -> None:
    story = [opened(), pend(10), priority(20, Priority.URGENT), resume(30), resolve(40)]
    reasons = at(50, *story)[RESOLUTION].reasons
    assert [(r.version, r.what) for r in reasons] == [
        (1, Because.STARTED),
        (2, Because.PAUSED),
        (3, Because.RETARGETED),
        (4, Because.RESUMED),
        (5, Because.STOPPED),
    ]


def test_it_names_the_policy_that_judged() -> None:
    clock = at(1, opened())[FIRST]
    assert (clock.policy, clock.policy_version, clock.calendar) == ("test", 2, "24x7")


def test_what_happens_later_is_not_known_yet() -> None:
    story = [opened(), pend(10), resume(50), resolve(60)]
    assert at(5, *story) == at(5, opened())
    assert at(20, *story)[RESOLUTION].state is PAUSED


def test_events_of_other_streams_cannot_be_undone_here() -> None:
    elsewhere = event_id(WORKSPACE, ticket_stream(TicketId("t-2")), 2)
    story = [opened(), pend(10), priority(20, Priority.NORMAL, undoes=elsewhere)]
    assert at(30, *story)[RESOLUTION].state is PAUSED
