"""Who is told of what, and of what nobody is."""

from datetime import timedelta
from typing import Any

import pytest

from domain.actor import Actor, ActorKind
from domain.happened import Happened
from domain.ids import AgentId, MessageId, RequesterId, TicketId
from domain.recorded import Source
from domain.ticket.events import (
    AgentNotified,
    MessageReceived,
    NoteAdded,
    ReplySent,
    TicketAssigned,
    TicketFollowed,
    TicketReopened,
    TicketUnfollowed,
)
from domain.ticket.words import Channel, Format
from projections import notifications, queue
from projections.notifications import PROJECTION, TELLING
from tests.projections.log import ANN, KIM, RULE, Log, minute, opened, ticket
from tests.projections.postgres import Views

LEE = Actor(kind=ActorKind.AGENT, id="lee")
A, B = TicketId("a"), TicketId("b")
MINE = RequesterId("ann")


def assigned(agent: str | None, by: Actor = LEE, at: float = 1) -> TicketAssigned:
    owner = None if agent is None else AgentId(agent)
    return TicketAssigned(agent=owner, previous=None, by=by, at=minute(at))


def followed(agent: str, at: float = 1) -> TicketFollowed:
    return TicketFollowed(agent=AgentId(agent), by=KIM, at=minute(at))


def note(by: Actor = LEE, at: float = 5, mentions: tuple[str, ...] = (), **how: Any) -> NoteAdded:
    said = {"body": "psst", **how}
    return NoteAdded(
        message=MessageId(f"n{at}"),
        requester=MINE,
        mentions=tuple(map(AgentId, mentions)),
        by=by,
        at=minute(at),
        **said,
    )


def reply(by: Actor = LEE, at: float = 5) -> ReplySent:
    return ReplySent(
        message=MessageId(f"r{at}"),
        requester=MINE,
        body="try this",
        channel=Channel.WEB,
        by=by,
        at=minute(at),
    )


def message(at: float = 5) -> MessageReceived:
    return MessageReceived(
        message=MessageId(f"m{at}"),
        requester=MINE,
        body="still\n broken",
        channel=Channel.WEB,
        by=ANN,
        at=minute(at),
    )


def reopened(by: Actor = ANN, at: float = 6) -> TicketReopened:
    return TicketReopened(reason="no", by=by, at=minute(at))


def told(views: Views, log: Log) -> list[tuple[str, str, str]]:
    """Person, kind and text, in order, by the events' own lookup."""
    views.catch_up(log, (queue.PROJECTION, PROJECTION))
    found = notifications.of_events(
        views.reader(), [r.event_id for lane in log.lanes() for r in log.page(lane, 0, 10_000)]
    )
    return [(row["person"], row["kind"], row["text"]) for row in found]


@pytest.mark.parametrize(
    ("before", "event", "expected"),
    [
        ([], assigned("kim"), [("kim", "assigned", "")]),
        ([], assigned("lee"), []),
        ([], assigned(None), []),
        ([], assigned("kim", by=RULE), [("kim", "assigned", "")]),
        ([], message(), []),
        ([assigned("lee")], message(), [("lee", "message", "still broken")]),
        ([assigned("lee"), assigned(None)], message(), []),
        ([assigned("lee")], reply(by=LEE), []),
        ([assigned("lee")], reply(by=KIM), [("lee", "reply", "try this")]),
        ([assigned("lee")], reply(by=RULE), []),
        ([assigned("lee")], note(by=KIM), [("lee", "note", "psst")]),
        ([followed("kim")], message(), [("kim", "message", "still broken")]),
        (
            [followed("kim"), TicketUnfollowed(agent=AgentId("kim"), by=KIM, at=minute(2))],
            message(),
            [],
        ),
        ([followed("lee"), assigned("lee")], message(), [("lee", "message", "still broken")]),
        ([], note(mentions=("kim",)), [("kim", "mention", "psst")]),
        ([assigned("lee")], note(by=KIM, mentions=("lee",)), [("lee", "mention", "psst")]),
        ([], note(by=KIM, mentions=("kim",)), []),
        (
            [],
            AgentNotified(
                agent=AgentId("kim"), role="assignee", about="due", by=RULE, at=minute(5)
            ),
            [("kim", "sla", "due")],
        ),
        ([assigned("lee")], reopened(), [("lee", "reopened", "")]),
        ([assigned("lee")], reopened(by=KIM), []),
    ],
)
def test_each_is_told_what_concerns_them_and_nothing_of_their_own(
    views: Views, before: list[Happened], event: Happened, expected: list[tuple[str, str, str]]
) -> None:
    log = Log()
    log.write(ticket(A), opened(), *before)
    already = told(views, log)
    log.write(ticket(A), event)
    assert told(views, log)[len(already) :] == expected


def test_a_message_that_reopens_is_one_notification(views: Views) -> None:
    log = Log()
    log.write(ticket(A), opened(), assigned("lee"), message(5), reopened(at=5))
    assert told(views, log) == [("lee", "message", "still broken")]


def test_what_came_with_another_system_s_history_is_no_news(views: Views) -> None:
    log = Log()
    source = Source(system="old", case="1", row=1)
    log.write(ticket(A), opened(), assigned("kim", by=LEE), source=source)
    assert told(views, log) == []
    log.write(ticket(A), message())
    assert told(views, log) == [("kim", "message", "still broken")]


def test_of_html_the_words_are_told(views: Views) -> None:
    log = Log()
    body = "<style>p {}</style><p>Look,</p><p>a &lt;b&gt;<img src=x><!-- no --> here</p>"
    log.write(ticket(A), opened(), note(mentions=("kim",), body=body, format=Format.HTML))
    assert told(views, log) == [("kim", "mention", "Look, a <b> here")]


def test_a_person_s_pages_are_theirs_and_newest_first(views: Views) -> None:
    log = Log()
    log.write(ticket(A), opened(), assigned("lee"), *[message(n) for n in (5, 6, 7)])
    log.write(ticket(B), opened(2), assigned("kim", by=LEE))
    told(views, log)
    reader = views.reader()
    seen: list[float] = []
    after = None
    while True:
        page, after = notifications.page(reader, "lee", after=after, limit=2)
        seen += [(row["at"] - minute(0)) / timedelta(minutes=1) for row in page]
        if after is None:
            break
    assert seen == [7, 6, 5]
    (first, *_), _ = notifications.page(reader, "lee", limit=9)
    assert (first["number"], first["ticket"], first["person"]) == (1, A, "lee")
    assert notifications.count_since(reader, "lee", minute(5)) == 2
    assert notifications.count_since(reader, "nobody", minute(0)) == 0
    mine = notifications.instants(reader, "lee", [first["id"], "unknown"])
    assert mine == {first["id"]: minute(7)}
    assert notifications.instants(reader, "kim", [first["id"]]) == {}


def test_the_live_stream_looks_at_every_event_that_tells_somebody() -> None:
    kinds = {AgentNotified, TicketAssigned, NoteAdded, ReplySent, MessageReceived, TicketReopened}
    assert set(TELLING) == kinds
