"""Hypothesis strategies: any event at all, commands, and histories that can really come about."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NewType, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from commands import BY_NAME, CONFIGURATION_COMMANDS, TICKET_COMMANDS
from commands.envelope import Command, TicketCommand
from commands.open_ticket import OpenTicket
from commands.prioritise import Prioritise
from domain.actor import Actor
from domain.conditions import AllOf, AnyOf, Comparison, Condition, NoneOf, Op
from domain.configuration.field import Choice, FieldKind
from domain.errors import Refused
from domain.happened import Happened
from domain.ids import BlobId, MessageId, RequesterId, TicketId, category_of, ident_of
from domain.kinds import EVENTS, events_of
from domain.ticket.messages import Attachment
from domain.ticket.rules import allowed_commands
from domain.ticket.words import Channel, Level, Priority, Status
from tests.given import BOT, KIM, LEE, MINA, NOW, Log, command_id, event_of

ACTORS = st.sampled_from([KIM, LEE, MINA, BOT])
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
INSTANTS = st.datetimes(
    min_value=datetime(2020, 1, 1),  # noqa: DTZ001 - Hypothesis adds the zone
    max_value=datetime(2030, 1, 1),  # noqa: DTZ001 - as above
    timezones=st.just(UTC),
)
PLAIN: dict[Any, SearchStrategy[Any]] = {
    str: TEXT,
    int: st.integers(0, 10),
    float: st.floats(allow_nan=False, allow_infinity=False, width=32),
    bool: st.booleans(),
    datetime: INSTANTS,
    Actor: ACTORS,
    NoneType: st.none(),
    date: st.dates(date(2000, 1, 1), date(2100, 1, 1)),
}

COMPARISONS = st.builds(
    Comparison,
    attribute=st.sampled_from(["priority", "queue", "tags", "vip", "field:site"]),
    op=st.sampled_from(Op),
    values=st.lists(st.sampled_from(["high", "a", 1, 2.5, True]), max_size=2).map(tuple),
)
CONDITIONS: SearchStrategy[Condition] = st.recursive(
    COMPARISONS,
    lambda inner: st.one_of(
        st.builds(AllOf, all=st.lists(inner, max_size=2).map(tuple)),
        st.builds(AnyOf, any=st.lists(inner, max_size=2).map(tuple)),
        st.builds(NoneOf, none=st.lists(inner, max_size=2).map(tuple)),
    ),
    max_leaves=4,
)


def events(*categories: str) -> SearchStrategy[Happened]:
    """Any event of these categories (all when none is named), reachable or not."""
    types: list[Any] = [event for c in categories or EVENTS for event in events_of(c)]
    return st.sampled_from(types).flatmap(event)


@cache
def event(kind: type[Happened]) -> SearchStrategy[Any]:
    """Any event of one type."""
    hints = get_type_hints(kind, include_extras=False)
    return st.builds(kind, **{f.name: _of(hints[f.name]) for f in fields(kind)})


def _of(hint: Any) -> SearchStrategy[Any]:
    if isinstance(hint, NewType):
        return _of(hint.__supertype__)
    if hint in PLAIN:
        return PLAIN[hint]
    if hint == Condition:
        return CONDITIONS
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(hint)
    arguments = get_args(hint)
    match get_origin(hint):
        case origin if origin is Annotated:
            return _of(arguments[0])
        case origin if origin is Literal:
            return st.sampled_from(arguments)
        case origin if origin in (Union, UnionType):
            return st.one_of(*map(_of, arguments))
        case origin if origin is dict:
            return st.dictionaries(_of(arguments[0]), _of(arguments[1]), max_size=3)
        case origin if origin is tuple and arguments[-1] is Ellipsis:
            return st.lists(_of(arguments[0]), max_size=3).map(tuple)
        case origin if origin is tuple:
            return st.tuples(*map(_of, arguments))
        case origin if origin is Mapping:
            return st.dictionaries(_of(arguments[0]), _of(arguments[1]), max_size=3)
        case origin if origin is frozenset:
            return st.frozensets(_of(arguments[0]), max_size=3)
        case _ if isinstance(hint, type) and is_dataclass(hint):
            hints = get_type_hints(hint)
            return st.builds(hint, **{f.name: _of(hints[f.name]) for f in fields(hint)})
        case _:
            pass
    raise AssertionError(f"no strategy for {hint}")


# --- commands --------------------------------------------------------------------------------

PROSE = st.sampled_from(["Hello", "안녕하세요", "Thanks!", "Still broken"])
FILES = [
    Attachment(blob=BlobId(digit * 64), name=f"{digit}.png", media_type="image/png", size=8)
    for digit in "ab"
]
NAMES: dict[str, SearchStrategy[Any]] = {
    "body": PROSE,
    "reason": PROSE,
    "subject": PROSE,
    "attachments": st.lists(st.sampled_from(FILES), max_size=2).map(tuple),
    "mentions": st.lists(st.sampled_from(["kim", "lee", "gone"]), max_size=2).map(tuple),
    "code": st.sampled_from(["fixed", "explained"]),
    "note": st.just("") | PROSE,
    "comment": st.just("") | PROSE,
    "article": st.none() | st.just("kb-1"),
    "agent": st.sampled_from(["kim", "lee", "gone"]),
    "team": st.none() | st.sampled_from(["first-line", "experts", "gone-team"]),
    "queue": st.none() | st.sampled_from(["hardware", "billing", "gone-queue"]),
    "requester": st.sampled_from(["mina", "juno"]),
    "category": st.none() | st.sampled_from(["printer", "network"]),
    "channel": st.sampled_from(Channel),
    "next_status": st.sampled_from([None, *Status]),
    "score": st.integers(1, 5),
    "level": st.integers(0, 3),
    "tag": st.sampled_from(["a", "b"]),
    "macro": st.sampled_from(["take", "ask-back", "solve", "note", "of-lee"]),
    "field": st.sampled_from(["site", "floor"]),
    "value": st.sampled_from([None, True, 1, 1.5, "x"]),
}


EVERY_NAME = tuple(c.name for c in TICKET_COMMANDS if issubclass(c, TicketCommand))


HINTS = {
    command: get_type_hints(command) for command in (*TICKET_COMMANDS, *CONFIGURATION_COMMANDS)
}


@st.composite
def ticket_commands(
    draw: DrawFn,
    log: Log,
    at: datetime,
    names: tuple[str, ...] | None = None,
    ticket: TicketId | None = None,
) -> Command:
    """A command of one of these names (any when none are given) on a ticket of the log."""
    tickets = [TicketId(ident_of(s)) for s in log.streams if category_of(s) == "ticket"]
    command = BY_NAME[draw(st.sampled_from(names or EVERY_NAME))]
    ticket = ticket or draw(st.sampled_from(tickets))
    if command is Prioritise:
        levels = {"impact": draw(st.sampled_from(Level)), "urgency": draw(st.sampled_from(Level))}
        override = {"priority": draw(st.sampled_from(Priority)), "reason": "Because."}
        return Prioritise(ticket=ticket, **draw(st.sampled_from([levels, override])))
    version = draw(st.integers(1, max(1, log.ticket(ticket).version)))
    known: Mapping[str, SearchStrategy[Any]] = NAMES | {
        "ticket": st.just(ticket),
        "other": st.sampled_from(tickets),
        "into": st.sampled_from(tickets),
        "event": st.just(event_of(version, ticket)),
        "messages": st.lists(
            st.sampled_from(sorted(log.ticket(ticket).messages) or [MessageId("none")]), min_size=1
        ).map(tuple),
        "wake_at": st.none() | st.integers(1, 72).map(lambda hours: at + timedelta(hours=hours)),
    }
    hints = HINTS[command]
    return command(
        **{
            f.name: draw(known[f.name] if f.name in known else _of(hints[f.name]))
            for f in fields(command)
        }
    )


CONFIGURED: dict[str, SearchStrategy[Any]] = NAMES | {
    "saved_view": st.sampled_from(["one", "two"]),
    "canned_response": st.sampled_from(["one", "two"]),
    "macro": st.sampled_from(["one", "two"]),
    "steps": st.lists(
        st.sampled_from(
            [
                {"command": "assign", "agent": "me"},
                {"command": "assign", "agent": "gone"},
                {"command": "tag", "tag": "a"},
                {"command": "reply", "body": "Hello {{requester.name}}"},
                {"command": "hold", "reason": "Parts", "wake_after": 60.5},
                {"command": "nothing"},
            ]
        ),
        max_size=3,
    ).map(tuple),
    "display_name": PROSE,
    "folder": st.sampled_from([None, "Team", "First line"]),
    "filter": st.sampled_from([{}, {"agent": ("me",)}, {"tag": ("a", "b"), "backlog": ("true",)}]),
    "sort": st.sampled_from([None, "number", "priority"]),
    "columns": st.sampled_from([(), ("number",), ("number", "sla")]),
    "body": st.sampled_from(["Hello", "안녕하세요 {{requester.name}} 님", "{{nobody}}"]),
    "language": st.sampled_from([None, "ko", "en"]),
    "label": st.sampled_from([{"en": "Site"}, {"en": "Site", "ko": "지점"}, {}]),
    "kind": st.sampled_from(FieldKind),
    "choices": st.sampled_from(
        [(), (Choice(value="a"), Choice(value="b", label={"ko": "비"})), (Choice(value="a"),)]
    ),
}


@st.composite
def configuration_commands(draw: DrawFn) -> Command:
    """A command on what people set up for their work; some are refused."""
    command = draw(st.sampled_from(list(CONFIGURATION_COMMANDS)))
    hints = HINTS[command]
    return command(
        **{
            f.name: draw(CONFIGURED[f.name] if f.name in CONFIGURED else _of(hints[f.name]))
            for f in fields(command)
        }
    )


@st.composite
def histories(draw: DrawFn, steps: int = 8) -> tuple[Log, datetime]:
    """A log with two or more tickets and the instant after its last event.

    Every event in it was decided by the real deciders: nothing here is impossible.
    """
    log, at = Log(), NOW
    for number in (1, 2):
        opening = OpenTicket(requester=RequesterId("mina"), subject=f"Help {number}")
        log.ask(opening, by=MINA, at=at, command_id=command_id(f"open {number}"))
    for step in range(draw(st.integers(0, steps))):
        at += timedelta(hours=draw(st.sampled_from([0, 1, 24, 24 * 10])))
        tickets = [TicketId(ident_of(s)) for s in log.streams if category_of(s) == "ticket"]
        ticket = draw(st.sampled_from(tickets))
        names = tuple(allowed_commands(log.ticket(ticket)))
        command = draw(ticket_commands(log, at, names, ticket))
        try:
            log.ask(command, by=draw(ACTORS), at=at, command_id=command_id(f"step {step}"))
        except Refused:
            continue
    return log, at
