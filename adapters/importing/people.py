"""The people and queues that a history names: their ids, and the events that register them."""

import re
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from hashlib import blake2b

from domain.actor import Actor, ActorKind
from domain.happened import Happened
from domain.ids import AgentId, QueueId, RequesterId, StreamId, stream_of
from domain.people.agent import AgentRegistered
from domain.people.queue import QueueCreated
from domain.people.requester import RequesterRegistered
from domain.record import record

_PLAIN = re.compile(r"[A-Za-z0-9.@+]+( [A-Za-z0-9.@+]+)*")
_OTHER = re.compile(r"[^A-Za-z0-9]+")
_NAME_LIMIT = 60

NOBODY = "unknown"
"""Name of the requester of cases that name none."""


class Role(StrEnum):
    """What a name in the file stands for; the category of the stream it gets."""

    REQUESTER = "requester"
    AGENT = "agent"
    QUEUE = "queue"


@record
class Named:
    """Somebody or something that a row names, in the words of the file."""

    role: Role
    name: str


@lru_cache(1 << 16)
def named_as(role: Role, name: str) -> Named:
    """The `Named` of that role and name, made once: rows name the same few people often."""
    return Named(role=role, name=name)


@lru_cache(1 << 16)
def ident(system: str, name: str) -> str:
    """A readable id, the same for the same name and never the same for two names.

    Plain names keep their letters; others are shortened and get a digest, set off by an
    underscore, which no plain name has.
    """
    if _PLAIN.fullmatch(name) and len(name) <= _NAME_LIMIT:
        return f"{system}-{name.replace(' ', '-')}"
    readable = _OTHER.sub("-", name)[:30].strip("-")
    digest = blake2b(name.encode(), digest_size=6).hexdigest()
    return f"{system}-{readable}_{digest}"


def stream(system: str, named: Named) -> StreamId:
    """The stream of the person or queue."""
    return stream_of(named.role, ident(system, named.name))


def importer(system: str) -> Actor:
    """Who acts where the history does not say who did."""
    return Actor(kind=ActorKind.RULE, id=f"import-{system}", rule_version=1)


def registered(system: str, named: Named, at: datetime) -> Happened:
    """The event that puts `named` into the directory; `at` is when it is first seen at work."""
    ident_, by = ident(system, named.name), importer(system)
    match named.role:
        case Role.REQUESTER:
            return RequesterRegistered(requester=RequesterId(ident_), name=named.name, by=by, at=at)
        case Role.AGENT:
            return AgentRegistered(agent=AgentId(ident_), name=named.name, by=by, at=at)
        case Role.QUEUE:
            return QueueCreated(queue=QueueId(ident_), name=named.name, by=by, at=at)
