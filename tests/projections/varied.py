"""Forty tickets of every kind, and what each filter is to find among them."""

from collections.abc import Callable
from typing import Any

from domain.ids import AgentId, OrganisationId, QueueId, RequesterId, TicketId
from domain.ticket.events import (
    SatisfactionRated,
    TicketAssigned,
    TicketClosed,
    TicketEscalated,
    TicketFieldSet,
    TicketFollowed,
    TicketMerged,
    TicketPended,
    TicketPrioritised,
    TicketReopened,
    TicketRequesterChanged,
    TicketResolved,
)
from domain.ticket.words import Channel, ClosedBecause, Priority
from projections.ticket_filter import TicketFilter
from tests.projections.log import ANN, KIM, Log, minute, opened, replied, said, ticket


def desk() -> Log:
    """Forty tickets with something of everything."""
    log = Log()
    for n in range(1, 41):
        log.write(
            ticket(f"t{n}"),
            opened(
                n,
                n,
                subject=f"100% of printer_{n} {'BURNS' if n % 2 else 'smokes'}",
                queue=QueueId(f"q{n % 3}") if n % 3 else None,
                organisation=OrganisationId("acme") if n % 5 == 0 else None,
                priority=list(Priority)[n % 4],
                channel=list(Channel)[n % 3],
                tags=("red", "blue")[: n % 3],
                language="ko" if n % 2 else None,
                segment=("gold", "silver", None)[n % 3],
                vip=n % 6 == 0,
                fields={"site": n % 4, "vip": n % 2 == 0, "load": 0.5, "name": f"n{n % 2}"},
            ),
        )
    for n in range(1, 41):
        stream, at = ticket(f"t{n}"), 100 + n
        if n % 2:
            agent = AgentId(f"a{n % 5}")
            log.write(stream, TicketAssigned(by=KIM, at=minute(at), agent=agent, previous=None))
        if n % 4 == 0:
            log.write(stream, replied("done?", at))
        if n % 3 == 0:
            log.write(
                stream,
                TicketPrioritised(
                    by=KIM, at=minute(at), priority=Priority.URGENT, previous=Priority.LOW
                ),
            )
        if n % 5 == 0:
            log.write(
                stream, TicketPended(by=KIM, at=minute(at), reason="ask", wake_at=minute(at + 50))
            )
        if n % 7 == 0:
            ann = RequesterId("ann")
            log.write(stream, TicketResolved(by=KIM, at=minute(at + 1), requester=ann, code="ok"))
        if n % 14 == 0:
            log.write(stream, TicketReopened(by=KIM, at=minute(at + 2), reason="no"))
        if n % 10 == 0:
            ann = RequesterId("ann")
            log.write(
                stream,
                said("hello?", at + 3),
                TicketFollowed(by=KIM, at=minute(at + 3), agent=AgentId("lee")),
                TicketFieldSet(
                    by=KIM,
                    at=minute(at + 3),
                    requester=ann,
                    name="site",
                    value=None,
                    previous=None,
                ),
            )
    for n in range(3, 41, 9):
        ann = RequesterId("ann")
        log.write(
            ticket(f"t{n}"),
            TicketEscalated(by=KIM, at=minute(190), level=n % 4, previous=0, reason="vip"),
            SatisfactionRated(by=ANN, at=minute(191), requester=ann, score=n % 6 or 5),
            TicketClosed(by=KIM, at=minute(200 + n), because=ClosedBecause.TIMER),
        )
    log.write(
        ticket("t4"),
        TicketMerged(by=KIM, at=minute(240), into=TicketId("t1")),
    )
    log.write(
        ticket("t6"),
        TicketRequesterChanged(
            by=KIM,
            at=minute(241),
            requester=RequesterId("bob"),
            previous=RequesterId("ann"),
            segment="bronze",
            vip=False,
        ),
    )
    return log


FILTERS: list[tuple[TicketFilter, Callable[[Any], bool]]] = [
    (TicketFilter(), lambda _: True),
    (TicketFilter(numbers=(3, 5)), lambda r: r.number in (3, 5)),
    (TicketFilter(statuses=("open",)), lambda r: r.status == "open"),
    (TicketFilter(statuses=("new", "resolved")), lambda r: r.status in ("new", "resolved")),
    (
        TicketFilter(status_categories=("waiting-requester",)),
        lambda r: r.status == "pending",
    ),
    (TicketFilter(backlog=True), lambda r: r.backlog),
    (TicketFilter(backlog=False), lambda r: not r.backlog),
    (TicketFilter(requesters=("ann",)), lambda r: r.requester == "ann"),
    (TicketFilter(organisations=("acme",)), lambda r: r.organisation == "acme"),
    (TicketFilter(agents=(None,)), lambda r: r.agent is None),
    (TicketFilter(agents=(None, "a1")), lambda r: r.agent in (None, "a1")),
    (TicketFilter(queues=("q1", "q2")), lambda r: r.queue in ("q1", "q2")),
    (TicketFilter(queues=(None,)), lambda r: r.queue is None),
    (TicketFilter(priorities=("urgent",)), lambda r: r.priority == "urgent"),
    (TicketFilter(channels=("email",)), lambda r: r.channel == "email"),
    (TicketFilter(languages=("ko",)), lambda r: r.language == "ko"),
    (TicketFilter(impacts=("high",)), lambda _: False),
    (TicketFilter(sources=(None,)), lambda _: True),
    (TicketFilter(resolution_codes=("ok",)), lambda r: r.resolution_code == "ok"),
    (TicketFilter(tags=("red",)), lambda r: "red" in r.tags),
    (TicketFilter(tags=("red", "blue")), lambda r: {"red", "blue"} <= set(r.tags)),
    (TicketFilter(fields={"site": (2,)}), lambda r: r.fields.get("site") == 2),
    (TicketFilter(fields={"site": (None,)}), lambda r: r.fields.get("site") is None),
    (TicketFilter(fields={"vip": (True,)}), lambda r: r.fields["vip"] is True),
    (TicketFilter(fields={"load": (0.5,), "name": ("n1",)}), lambda r: r.fields["name"] == "n1"),
    (
        TicketFilter(fields={"site": (None, 2.0, "x")}),
        lambda r: r.fields.get("site") in (None, 2),
    ),
    (TicketFilter(tickets=("t3", "t5")), lambda r: r.ticket in ("t3", "t5")),
    (TicketFilter(segments=("gold", None)), lambda r: r.segment in ("gold", None)),
    (TicketFilter(segments=("gold",)), lambda r: r.segment == "gold"),
    (TicketFilter(vip=True), lambda r: r.vip),
    (TicketFilter(vip=False), lambda r: not r.vip),
    (TicketFilter(satisfaction=(None, 5)), lambda r: r.satisfaction in (None, 5)),
    (TicketFilter(satisfaction=(2,)), lambda r: r.satisfaction == 2),
    (TicketFilter(escalation_levels=(0, 2)), lambda r: r.escalation_level in (0, 2)),
    (TicketFilter(escalation_level_from=2), lambda r: r.escalation_level >= 2),
    (TicketFilter(reopened=(1,)), lambda r: r.reopened == 1),
    (TicketFilter(source_cases=("x",)), lambda r: r.source_case == "x"),
    (TicketFilter(merged_into=("t1",)), lambda r: r.merged_into == "t1"),
    (TicketFilter(acknowledged=True), lambda r: r.acknowledged_at is not None),
    (TicketFilter(acknowledged=False), lambda r: r.acknowledged_at is None),
    (TicketFilter(answered=True), lambda r: r.first_response_at is not None),
    (
        TicketFilter(closed_from=minute(200), closed_until=minute(209)),
        lambda r: r.closed_at and minute(200) <= r.closed_at < minute(209),
    ),
    (TicketFilter(wake_from=minute(180)), lambda r: r.wake_at and r.wake_at >= minute(180)),
    (TicketFilter(wake_until=minute(180)), lambda r: r.wake_at and r.wake_at < minute(180)),
    (
        TicketFilter(waiting_from=minute(20), waiting_until=minute(30)),
        lambda r: r.waiting_since and minute(20) <= r.waiting_since < minute(30),
    ),
    (TicketFilter(follower="lee"), lambda r: "lee" in r.followers),
    (TicketFilter(text="burns"), lambda r: "BURNS" in r.subject),
    (TicketFilter(text="r_3 "), lambda r: r.number == 3),
    (TicketFilter(text="0% of"), lambda _: True),
    (TicketFilter(text="#7"), lambda r: r.number == 7),
    (TicketFilter(text="\\"), lambda _: False),
    (TicketFilter(opened_from=minute(10)), lambda r: r.opened_at >= minute(10)),
    (TicketFilter(opened_until=minute(10)), lambda r: r.opened_at < minute(10)),
    (TicketFilter(updated_from=minute(120)), lambda r: r.updated_at >= minute(120)),
    (
        TicketFilter(resolved_from=minute(108), resolved_until=minute(130)),
        lambda r: r.resolved_at and minute(108) <= r.resolved_at < minute(130),
    ),
    (TicketFilter(reopened_from=1), lambda r: r.reopened >= 1),
    (
        TicketFilter(waiting=True),
        lambda r: r.waiting_since is not None and r.status_category == "active",
    ),
    (
        TicketFilter(waiting=False),
        lambda r: r.waiting_since is None or r.status_category != "active",
    ),
    (
        TicketFilter(queues=("q1",), statuses=("open", "new"), text="printer"),
        lambda r: r.queue == "q1" and r.status in ("open", "new"),
    ),
]
