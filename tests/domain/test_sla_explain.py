"""An explanation says what the judge did, adds up, and can be followed from its text alone."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.actor import Actor
from domain.calendar import DAY, Holiday, weekdays
from domain.conditions import ALWAYS, Comparison, Condition, Op
from domain.happened import Happened
from domain.ids import (
    CalendarId,
    MessageId,
    PolicyId,
    RequesterId,
    TicketId,
    ticket_stream,
)
from domain.recorded import Recorded
from domain.sla import explain as rooms
from domain.sla.account import account, accounts
from domain.sla.book import Book, fold
from domain.sla.book_events import BookEvent, CalendarSet, HistoryRejudged, PolicySet
from domain.sla.explain import explain
from domain.sla.explanation import Entry, Explanation
from domain.sla.judge import clocks
from domain.sla.policy import PAUSES, ClockName, OnChange, OnReopen, Options, Promise, Step, Target
from domain.sla.words import duration, instant_in, windows_in_words
from domain.ticket.events import (
    ReplySent,
    TicketAbsorbed,
    TicketPended,
    TicketPrioritised,
    TicketReleased,
    TicketReopened,
    TicketResolved,
    TicketResumed,
    TicketStatusRestored,
)
from domain.ticket.words import Channel, Priority, Status
from tests.given import KIM, OPENED, TICKET, Log, event_of, happened
from tests.strategies import histories

HOUR = 3_600
MONDAY = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)  # 9 o'clock in Seoul
UNHURRIED = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def hour(n: float) -> datetime:
    return MONDAY + timedelta(hours=n)


def policy(
    hours: float,
    *,
    ident: str = "gold",
    rank: int = 1,
    condition: Condition = ALWAYS,
    calendar: str = "office-hours",
    at: datetime = MONDAY - timedelta(days=30),
    options: Options | None = None,
    resolved_counts: bool = False,
) -> PolicySet:
    """All seven clocks; urgent tickets have half of the time, with a warning at half of that."""

    def target(priority: Priority) -> Target:
        share = 0.5 if priority is Priority.URGENT else 1.0
        return Target(seconds=hours * HOUR * share, calendar=CalendarId(calendar))

    return PolicySet(
        policy=PolicyId(ident),
        name=ident.title(),
        rank=rank,
        condition=condition,
        promises=tuple(
            Promise(
                clock=clock,
                targets={priority: target(priority) for priority in Priority},
                paused_in=PAUSES[clock],
                counts_resolved=resolved_counts,
                steps=(Step(name="half", share=0.5),),
            )
            for clock in ClockName
        ),
        options=options or Options(),
        effective_at=at,
        by=KIM,
        at=at,
    )


def ticket(*later: Happened, at: datetime = MONDAY) -> Sequence[Recorded[Any]]:
    stream = ticket_stream(TICKET)
    return Log(streams={stream: [replace(OPENED, at=at), *later]}).history(stream)


def told(
    events: Sequence[Recorded[Any]], book: Book, instant: datetime, clock: ClockName
) -> Explanation:
    return next(one for _, one in explain(events, book, instant) if one.clock is clock)


def prioritised(n: float, priority: Priority) -> Happened:
    return happened(
        TicketPrioritised,
        at=hour(n),
        priority=priority,
        previous=Priority.NORMAL,
        override_reason="Fire",
    )


def pended(n: float, reason: str = "Asked for the serial number") -> Happened:
    return happened(TicketPended, at=hour(n), reason=reason)


def resumed(n: float) -> Happened:
    return happened(TicketResumed, at=hour(n), reason="Answered")


def resolved(n: float) -> Happened:
    return happened(TicketResolved, at=hour(n), requester=RequesterId("mina"), code="fixed")


SECONDS = re.compile(r"\((-?[\d ]+(?:\.\d+)?) s\)")


def seconds_in(text: str) -> list[float]:
    """All durations that a text gives, in seconds."""
    return [float(found.replace(" ", "")) for found in SECONDS.findall(text)]


def re_added(text: str) -> None:
    """Read the table of an account as a reader would, and add it up again."""
    table = text.partition("  Time that counted\n")[2].partition("\n\n")[0].splitlines()
    total = 0.0
    for line in table:
        if "; so far " in line:
            part, so_far = seconds_in(line)
            total = round(total + part, 3)
            assert so_far == total
    assert table[-1].strip().startswith("Sum: ")
    assert seconds_in(table[-1]) == [pytest.approx(total, abs=0.0015)]
    summary = next(line for line in text.splitlines() if line.startswith("  Counted: "))
    counted, *rest = seconds_in(summary)
    assert counted == seconds_in(table[-1])[0]
    if "Left: " in summary:
        assert rest[0] - counted == pytest.approx(rest[1], abs=0.0015)
    if "Over it by: " in summary:
        assert counted - rest[0] == pytest.approx(rest[1], abs=0.0015)


# ── A story, told ────────────────────────────────────────────────────────────────────────────────


def test_a_breach_can_be_followed_from_the_text_alone() -> None:
    book = fold([policy(8, condition=Comparison(attribute="priority", op=Op.IS_SET))])
    events = ticket(pended(2), resumed(5), prioritised(6, Priority.URGENT))
    text = account(told(events, book, hour(8), ClockName.RESOLUTION))
    assert text == (
        "Resolution, begun by event 1: breached\n"
        "  At 2026-03-02 17:00:00 +09:00 (2026-03-02 08:00:00 UTC)."
        " Local times are of Asia/Seoul.\n"
        "  Counted: 5 h (18 000 s). Target: 4 h (14 400 s). Over it by: 1 h (3 600 s)."
        " Breached at 2026-03-02 16:00:00 +09:00 (2026-03-02 07:00:00 UTC).\n"
        "\n"
        "  Judged by\n"
        "    1. From 2026-03-02 09:00:00 +09:00 (2026-03-02 00:00:00 UTC) on\n"
        "       Target for priority normal: 8 h (28 800 s) of open time.\n"
        '       Policy "Gold" (gold), version 1 of the book, in force since'
        " 2026-01-31 09:00:00 +09:00 (2026-01-31 00:00:00 UTC).\n"
        "       It holds when: priority is set. The ticket had: priority = normal.\n"
        '       Calendar "office-hours" (office-hours), built in.\n'
        "       Open in zone Asia/Seoul: Monday to Friday 09:00-18:00;"
        " Saturday and Sunday closed.\n"
        "       Stands still while: waiting-requester.\n"
        "    2. From 2026-03-02 15:00:00 +09:00 (2026-03-02 06:00:00 UTC) on\n"
        "       Target for priority urgent: 4 h (14 400 s) of open time.\n"
        '       Policy "Gold" (gold), version 1 of the book, in force since'
        " 2026-01-31 09:00:00 +09:00 (2026-01-31 00:00:00 UTC).\n"
        "       It holds when: priority is set. The ticket had: priority = urgent.\n"
        '       Calendar "office-hours" (office-hours), built in.\n'
        "       Open in zone Asia/Seoul: Monday to Friday 09:00-18:00;"
        " Saturday and Sunday closed.\n"
        "       Stands still while: waiting-requester.\n"
        "\n"
        "  What happened\n"
        "    2026-03-02 09:00:00 +09:00 (2026-03-02 00:00:00 UTC)\n"
        "      Started by event 1 (ticket.opened, requester mina). Counted so far: 0 s (0 s).\n"
        "    2026-03-02 11:00:00 +09:00 (2026-03-02 02:00:00 UTC)\n"
        "      Paused by event 2 (ticket.pended, agent kim), because"
        ' "Asked for the serial number". Counted so far: 2 h (7 200 s).\n'
        "    2026-03-02 14:00:00 +09:00 (2026-03-02 05:00:00 UTC)\n"
        '      Resumed by event 3 (ticket.resumed, agent kim), because "Answered".'
        " Counted so far: 2 h (7 200 s).\n"
        "    2026-03-02 15:00:00 +09:00 (2026-03-02 06:00:00 UTC)\n"
        "      Judged anew, target 8 h (28 800 s) becomes 4 h (14 400 s) by event 4"
        ' (ticket.prioritised, agent kim), because "Fire". Counted so far: 3 h (10 800 s).\n'
        "    2026-03-02 15:00:00 +09:00 (2026-03-02 06:00:00 UTC)\n"
        '      Step "half" reached after 3 h (10 800 s).\n'
        "    2026-03-02 16:00:00 +09:00 (2026-03-02 07:00:00 UTC)\n"
        "      BREACHED: 4 h (14 400 s) had been counted, the target of 4 h (14 400 s) was over.\n"
        "\n"
        "  Time that counted\n"
        "    1. From 2026-03-02 09:00:00 +09:00 (2026-03-02 00:00:00 UTC) until"
        " 2026-03-02 11:00:00 +09:00 (2026-03-02 02:00:00 UTC)\n"
        "       2 h (7 200 s) counted [office-hours version 0]; so far 2 h (7 200 s)\n"
        "    2. From 2026-03-02 14:00:00 +09:00 (2026-03-02 05:00:00 UTC) until"
        " 2026-03-02 17:00:00 +09:00 (2026-03-02 08:00:00 UTC)\n"
        "       3 h (10 800 s) counted [office-hours version 0]; so far 5 h (18 000 s)\n"
        "    Sum: 5 h (18 000 s)\n"
        "\n"
        "  Time that did not count\n"
        "    From 2026-03-02 11:00:00 +09:00 (2026-03-02 02:00:00 UTC) until"
        " 2026-03-02 14:00:00 +09:00 (2026-03-02 05:00:00 UTC)\n"
        "      paused by event 2 (ticket.pended, agent kim), because"
        ' "Asked for the serial number"'
    )


def test_a_clock_that_is_in_time_says_when_it_is_due() -> None:
    text = account(told(ticket(), fold([policy(8)]), hour(3), ClockName.FIRST_RESPONSE))
    assert "Left: 5 h (18 000 s). Due at 2026-03-02 17:00:00 +09:00" in text
    assert "BREACHED" not in text


def test_an_edit_of_the_book_is_named_with_its_version() -> None:
    book = fold([policy(8), policy(2, at=hour(1))])
    one = told(ticket(), book, hour(5), ClockName.RESOLUTION)
    assert [(ruling.policy_version, ruling.target) for ruling in one.rulings] == [
        (1, 8 * HOUR),
        (2, 2 * HOUR),
    ]
    text = account(one)
    assert "target 8 h (28 800 s) becomes 2 h (7 200 s) by version 2 of the book" in text
    assert "(sla.policy_set, policy gold, agent kim)" in text


def test_a_version_that_was_rejudged_holds_since_then() -> None:
    at = hour(4)
    judged = HistoryRejudged(since=hour(-1), reason="Was wrong", by=KIM, at=at)
    book = fold([policy(8), policy(2, at=hour(3)), judged])
    one = told(ticket(), book, hour(5), ClockName.RESOLUTION)
    assert [(r.policy_version, r.policy_since) for r in one.rulings] == [(2, hour(-1))]


def test_a_restart_takes_away_what_was_counted() -> None:
    book = fold([policy(8, options=Options(on_change=OnChange.RESTART))])
    one = told(ticket(prioritised(3, Priority.URGENT)), book, hour(5), ClockName.RESOLUTION)
    assert [(s.entry, s.seconds) for s in one.segments] == [
        (Entry.COUNTED, 3 * HOUR),
        (Entry.RESTARTED, -3 * HOUR),
        (Entry.COUNTED, 2 * HOUR),
    ]
    re_added(account(one))


def test_time_spent_resolved_has_a_line_of_its_own_when_it_counts() -> None:
    options = Options(on_reopen=OnReopen.RESUME)
    book = fold([policy(8, options=options, resolved_counts=True)])
    reopened = happened(TicketReopened, at=hour(4), reason="Again")
    one = told(ticket(resolved(1), reopened), book, hour(6), ClockName.TOTAL_RESOLUTION)
    assert [(s.entry, s.seconds) for s in one.segments] == [
        (Entry.COUNTED, HOUR),
        (Entry.WHILE_RESOLVED, 3 * HOUR),
        (Entry.COUNTED, 2 * HOUR),
    ]


def test_what_a_merge_brings_is_told_and_what_an_unmerge_takes() -> None:
    absorbed = happened(
        TicketAbsorbed,
        at=hour(2),
        source=TicketId("t-2"),
        opened_at=hour(-71),
        asked_at=None,
    )
    released = happened(TicketReleased, at=hour(4), source=TicketId("t-2"))
    one = told(ticket(absorbed, released), fold([policy(8)]), hour(5), ClockName.RESOLUTION)
    assert [(s.entry, s.seconds) for s in one.segments] == [
        (Entry.COUNTED, 2 * HOUR),
        (Entry.TAKEN_OVER, 8 * HOUR),
        (Entry.COUNTED, 2 * HOUR),
        (Entry.GIVEN_BACK, -8 * HOUR),
        (Entry.COUNTED, HOUR),
    ]
    text = account(one)
    re_added(text)
    assert "A breach that happened stays one, although the time fits the target now." in text


def test_an_undo_is_told_with_what_it_takes_back() -> None:
    undone = happened(
        TicketStatusRestored,
        at=hour(5),
        status=Status.NEW,
        previous=Status.PENDING,
        undoes=event_of(2),
    )
    one = told(ticket(pended(2), undone), fold([policy(8)]), hour(6), ClockName.RESOLUTION)
    assert [(s.entry, s.seconds) for s in one.segments] == [
        (Entry.COUNTED, 2 * HOUR),
        (Entry.CORRECTED, 3 * HOUR),
        (Entry.COUNTED, HOUR),
    ]
    assert "which undoes event 2" in account(one)


def test_a_promise_that_comes_later_counts_what_went_before() -> None:
    urgent = Comparison(attribute="priority", op=Op.IS, values=("urgent",))
    other = policy(2, ident="other", condition=urgent, rank=1)
    nothing = replace(policy(8, rank=2), promises=())
    book = fold([other, nothing])
    one = told(ticket(prioritised(3, Priority.URGENT)), book, hour(5), ClockName.RESOLUTION)
    assert [(s.entry, s.seconds) for s in one.segments] == [
        (Entry.COUNTED_LATER, 3 * HOUR),
        (Entry.COUNTED, 2 * HOUR),
    ]
    assert one.rulings[0].attributes == {"priority": "urgent"}


def test_holidays_on_the_way_are_named() -> None:
    at = MONDAY - timedelta(days=30)
    calendar = CalendarSet(
        calendar=CalendarId("desk"),
        name="Desk",
        zone="Asia/Seoul",
        weekly=weekdays("desk", "Asia/Seoul", (9, 18)).weekly,
        holidays=(
            Holiday(day=date(2026, 3, 3), name="Substitute day"),
            Holiday(day=date(2026, 12, 25), name="Christmas"),
        ),
        effective_at=at,
        by=KIM,
        at=at,
    )
    book = fold([calendar, policy(8, calendar="desk")])
    one = told(ticket(), book, hour(50), ClockName.RESOLUTION)
    assert one.rulings[0].holidays == ("2026-03-03 Substitute day: closed",)
    assert one.elapsed == 11 * HOUR


def test_nothing_promised_is_said() -> None:
    assert accounts([]) == "No clocks are promised."


# ── For all ──────────────────────────────────────────────────────────────────────────────────────


@st.composite
def books(draw: st.DrawFn) -> Book:
    """Edits before, during and after the histories, of all that an edit can change."""
    made: list[BookEvent] = []
    instants = sorted(draw(st.lists(st.floats(-24, 60), min_size=1, max_size=4)))
    for hours in instants:
        at = OPENED.at + timedelta(hours=hours)
        made.append(
            policy(
                draw(st.sampled_from([0.5, 2, 8, 30])),
                ident=draw(st.sampled_from(["gold", "silver"])),
                rank=draw(st.integers(1, 3)),
                condition=draw(
                    st.sampled_from(
                        [
                            ALWAYS,
                            Comparison(attribute="priority", op=Op.IS, values=("urgent", "high")),
                            Comparison(attribute="queue", op=Op.IS_SET),
                        ]
                    )
                ),
                calendar=draw(st.sampled_from(["24x7", "office-hours"])),
                at=at,
                options=Options(
                    on_change=draw(st.sampled_from(OnChange)),
                    on_reopen=draw(st.sampled_from(OnReopen)),
                ),
                resolved_counts=draw(st.booleans()),
            )
        )
    return fold(made)


@UNHURRIED
@given(histories(steps=14), books(), st.floats(0, 1.5))
def test_the_explanation_is_that_of_the_judge_and_adds_up(
    history: tuple[Log, datetime], book: Book, part: float
) -> None:
    log, last = history
    instant = OPENED.at + (last - OPENED.at) * part
    for stream in log.streams:
        if not stream.startswith("ticket:"):
            continue
        events = log.history(stream)
        found = explain(events, book, instant)
        assert tuple(clock for clock, _ in found) == clocks(events, book, instant)
        undone = any(recorded.event.undoes for recorded in events)
        for clock, one in found:
            assert round(sum(s.seconds for s in one.segments), 5) == round(clock.elapsed, 5)
            assert undone or not any(s.entry is Entry.CORRECTED for s in one.segments)
            assert [line for line in one.lines if line.what == "breached"] or not clock.breached_at
            re_added(account(one))


def test_a_planted_fault_in_the_account_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "settled", lambda track, _: track)
    one = told(ticket(pended(2)), fold([policy(8)]), hour(3), ClockName.RESOLUTION)
    assert [s.entry for s in one.segments] == [Entry.CORRECTED]


# ── Words ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s (0 s)"),
        (59, "59 s (59 s)"),
        (90, "1 min 30 s (90 s)"),
        (16_200, "4 h 30 min (16 200 s)"),
        (100 * HOUR, "100 h (360 000 s)"),
        (1_234 * HOUR, "1 234 h (4 442 400 s)"),
        (-5_400, "-1 h 30 min (-5 400 s)"),
        (12.3456, "12.346 s (12.346 s)"),
        (3_599.9999, "1 h (3 600 s)"),
        (-0.0001, "0 s (0 s)"),
    ],
)
def test_durations_are_said_in_hours_and_in_seconds(seconds: float, said: str) -> None:
    assert duration(seconds) == said


def test_instants_are_said_in_a_zone_and_in_utc() -> None:
    at = datetime(2026, 3, 2, 0, 0, 0, 250_000, tzinfo=UTC)
    assert (
        instant_in("Asia/Kathmandu", at)
        == "2026-03-02 05:45:00.25 +05:45 (2026-03-02 00:00:00.25 UTC)"
    )
    assert instant_in("UTC", at) == "2026-03-02 00:00:00.25 UTC"


def test_windows_are_said_with_breaks_and_nights() -> None:
    calendar = weekdays("split", "Asia/Seoul", (9, 12), (13, 18))
    assert (
        windows_in_words(calendar)
        == "Monday to Friday 09:00-12:00 and 13:00-18:00; Saturday and Sunday closed"
    )
    night = weekdays("night", "Asia/Seoul", (22, 30))
    assert windows_in_words(night).startswith("Monday to Friday 22:00-06:00 of the next day;")
    assert DAY == 24 * HOUR


def test_a_reply_stops_the_first_response_and_says_who() -> None:
    reply = happened(
        ReplySent,
        by=Actor(kind=KIM.kind, id="lee"),
        at=hour(1),
        message=MessageId("r"),
        requester=RequesterId("mina"),
        body="!",
        channel=Channel.WEB,
    )
    text = account(told(ticket(reply), fold([policy(8)]), hour(2), ClockName.FIRST_RESPONSE))
    assert "Stopped by event 2 (ticket.reply_sent, agent lee)" in text
