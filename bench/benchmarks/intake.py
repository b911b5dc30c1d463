"""Reports of other systems, over HTTP and from a topic, until they are in the log.

Over HTTP each report opens a ticket of a requester who is known by the address, beside the command
that opens one. From the topic they are conversations of five reports each, from the opening to the
resolution, left there before `chronodesk worker --intake` starts; the time is that between the
first and the last of them in the log, which is counted: each must be there once.
"""

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import count
from uuid import uuid4

from kafka import KafkaProducer
from kafka.admin import KafkaAdminClient, NewTopic

from bench.clients import Asked, load
from bench.context import Bench
from bench.desk import REQUESTER, WORKSPACE, catch_up, people, served, services, token
from bench.figure import Figure, at_least
from bench.kafka import kafka, settings, worker
from bench.load import Load, counted, median_of, rounds
from bench.yardsticks import consuming, inserts
from commands.envelope import Request
from commands.intake_ports import Inbox
from commands.people.requester import RegisterRequester
from domain.actor import Actor, ActorKind
from domain.ids import CommandId, RequesterId
from domain.intake import IntakeTaken
from projections.publish_ports import TopicUnavailable

_AIM = 500
"""Requests per second, from the start of the project."""

_CLIENTS = 16
_PEOPLE = 100
_MOST = 3_000  # reports per second, more than there could be
_PARTITIONS = 8
_STEPS = ("open", "message", "message", "message", "resolve")
_PATIENCE = 300.0  # seconds

Record = tuple[bytes, bytes]


def measure(bench: Bench) -> Iterator[Figure]:
    url = bench.url(bench.database())
    theirs = bench.url(bench.database())
    inserts.prepare(theirs)
    with services(url) as opened:
        people(opened)
        for n in range(_PEOPLE):
            opened.handler.handle(
                Request(
                    workspace=WORKSPACE,
                    command=RegisterRequester(
                        requester=RequesterId(f"r{n}"), display_name=f"R {n}", emails=(_email(n),)
                    ),
                    command_id=CommandId(uuid4()),
                    by=Actor(kind=ActorKind.RULE, id="bench", rule_version=1),
                )
            )
        catch_up(opened)
        secret = token(opened)
    clients = min(_CLIENTS, bench.scale.clients[-1])
    yield _over_http(bench, url, secret, clients)
    with kafka(bench) as servers:
        yield _from_topic(bench, servers, url, theirs, secret)


def _over_http(bench: Bench, url: str, secret: str, clients: int) -> Figure:
    seconds, numbers = bench.scale.seconds, count()
    opening = json.dumps({"requester": REQUESTER, "subject": "Printer is broken"})

    def reports() -> Asked:
        many = round(seconds * _MOST) + clients
        return [("POST", "/intake", json.dumps(_report(next(numbers), 0))) for _ in range(many)]

    with served(url) as server:
        bench.say(f"reports over HTTP, {clients} clients")
        done = rounds(
            bench.scale.rounds,
            {
                "ours": lambda: load(
                    server.port, secret, reports(), clients=clients, seconds=seconds
                ),
                "opened": lambda: load(
                    server.port,
                    secret,
                    [("POST", "/tickets", opening)],
                    clients=clients,
                    seconds=seconds,
                ),
            },
        )
    return Figure(
        name=f"intake.http.{clients}",
        what=f"reports over HTTP by {counted(clients, 'client')}",
        unit="1/s",
        values=[load.per_second for load in done["ours"]],
        yardstick="the command that opens a ticket, over HTTP",
        yardsticks=[load.per_second for load in done["opened"]],
        aims=(at_least(_AIM, "value"),),
        p50_ms=median_of(done["ours"], "p50_ms"),
        p99_ms=median_of(done["ours"], "p99_ms"),
        yardstick_p99_ms=median_of(done["opened"], "p99_ms"),
    )


def _from_topic(bench: Bench, servers: str, url: str, theirs: str, secret: str) -> Figure:
    talks, numbers = bench.scale.log, count(10_000_000)
    many = talks * len(_STEPS)
    bench.say(f"reports from a topic, {many:,}")
    lost = 0

    def ours() -> Load:
        nonlocal lost
        records = _records([next(numbers) for _ in range(talks)])
        with _left(servers, records) as topic:
            taken = _taken_in(servers, url, topic, secret, many)
        lost += many - taken.count
        return taken

    def bare() -> Load:
        records = _records([next(numbers) for _ in range(talks)])
        with _left(servers, records) as topic:
            return consuming.consume(servers, topic, many, theirs, _CLIENTS)

    done = rounds(bench.scale.rounds, {"ours": ours, "bare": bare})
    return Figure(
        name="intake.topic",
        what="reports from a topic by one worker",
        unit="1/s",
        values=[load.per_second for load in done["ours"]],
        yardstick=f"{consuming.NAME}, {counted(_CLIENTS, 'thread')}",
        yardsticks=[load.per_second for load in done["bare"]],
        aims=(at_least(_AIM, "value"),),
        note=f"{many:,} reports a round, of which {lost:,} were lost",
        more={"lost": lost},
    )


def _email(n: int) -> str:
    return f"r{n % _PEOPLE}@example.com"


def _report(talk: int, step: int) -> dict[str, object]:
    """What is reported of a conversation: that it begins, goes on, or is over."""
    requester = {"email": _email(talk)}
    # A conversation is named after the report that opens it, as it is when that names none.
    external_id = f"{talk}/{step}" if step else f"{talk}"
    named = {"source": "bench", "external_id": external_id, "conversation": f"{talk}"}
    match _STEPS[step]:
        case "open":
            said = {"kind": "open", "subject": "Printer is broken", "requester": requester}
        case "message":
            said = {"kind": "message", "body": "It still is, and smells.", "requester": requester}
        case _:
            said = {"kind": "resolve", "note": "It prints again."}
    return {**named, **said}


def _records(talks: Sequence[int]) -> list[Record]:
    """All conversations at once, step by step."""
    return [
        (f"bench:{talk}".encode(), json.dumps(_report(talk, step)).encode())
        for step in range(len(_STEPS))
        for talk in talks
    ]


@contextmanager
def _left(servers: str, records: Sequence[Record]) -> Iterator[str]:
    """A topic in which they are, for as long as the block."""
    topic = f"bench-{uuid4().hex}"
    with KafkaAdminClient(bootstrap_servers=servers) as admin:
        admin.create_topics([NewTopic(topic, _PARTITIONS, 1)])
        with KafkaProducer(bootstrap_servers=servers, linger_ms=20) as producer:
            for key, value in records:
                producer.send(topic, value, key=key)
            producer.flush()
        yield topic
        admin.delete_topics([topic])


def _taken_in(servers: str, url: str, topic: str, secret: str, many: int) -> Load:
    """How many are in the log when the worker has done them all. Raises RuntimeError."""
    named = {"intake": topic, "intake_group": topic, "intake_token": secret, "replication": 1}
    chosen = settings(servers, **named)
    with services(url, kafka=chosen) as opened:
        assert opened.consumer is not None  # noqa: S101 - a broker is named
        before = dict(opened.feed.head().lanes)
        with worker(url, chosen, "--intake"):
            _await_end(opened.consumer.inbox)
        names, instants = set[str](), []
        for lane in opened.feed.lanes():
            for recorded in opened.feed.page(lane, before[lane], 20 * many):
                if isinstance(recorded.event, IntakeTaken):
                    names.add(recorded.event.external_id)
                    instants.append(recorded.recorded_at)
        if len(names) != len(instants):
            raise RuntimeError("A report is in the log twice.")
        seconds = (max(instants) - min(instants)).total_seconds()
        return Load(count=len(names), seconds=seconds)


def _await_end(inbox: Inbox) -> None:
    """Return when nothing waits in it. A broker that has only started knows no groups yet."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        with suppress(TopicUnavailable):
            if inbox.lag() == 0:
                return
        time.sleep(0.2)
    raise RuntimeError("The worker does not come to the end.")
