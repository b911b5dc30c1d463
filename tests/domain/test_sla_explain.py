"""An explanation says what the judge did, adds up, and can be followed from its text alone."""

from dataclasses import replace
from datetime import date, timedelta

from domain.actor import Actor
from domain.calendar import Holiday, weekdays
from domain.conditions import Comparison, Op
from domain.ids import (
    CalendarId,
    MessageId,
    RequesterId,
    TicketId,
)
from domain.sla.account import account, accounts
from domain.sla.book import fold
from domain.sla.book_events import CalendarSet, HistoryRejudged
from domain.sla.explanation import Entry
from domain.sla.policy import ClockName, OnChange, OnReopen, Options
from domain.ticket.events import (
    ReplySent,
    TicketAbsorbed,
    TicketReleased,
    TicketReopened,
    TicketStatusRestored,
)
from domain.ticket.words import Channel, Priority, Status
from tests.domain.explaining import (
    HOUR,
    MONDAY,
    hour,
    pended,
    policy,
    prioritised,
    re_added,
    resolved,
    resumed,
    ticket,
    told,
)
from tests.given import KIM, event_of, happened

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
    (apart,) = one.rulings[0].days_apart
    assert (apart.day, apart.name, apart.windows) == (date(2026, 3, 3), "Substitute day", ())
    assert "Days apart: 2026-03-03 Substitute day: closed." in accounts([one])
    assert one.elapsed == 11 * HOUR


def test_nothing_promised_is_said() -> None:
    assert accounts([]) == "No clocks are promised."


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
