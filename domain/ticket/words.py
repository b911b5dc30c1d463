"""The vocabulary of tickets: statuses and their categories, priorities, channels, relations."""

from enum import StrEnum
from typing import TypeAlias

FieldValue: TypeAlias = str | int | float | bool | None
"""The value of a custom field; None means empty."""


class Category(StrEnum):
    """What a status means to clocks and reports. Statuses may be renamed, this may not."""

    ACTIVE = "active"
    WAITING_REQUESTER = "waiting-requester"
    WAITING_THIRD_PARTY = "waiting-third-party"
    DONE = "done"
    FINAL = "final"


class Status(StrEnum):
    """Where a ticket stands in its life; `category` is what that means."""

    NEW = "new"
    OPEN = "open"
    PENDING = "pending"
    ON_HOLD = "on_hold"
    RESOLVED = "resolved"
    CLOSED = "closed"
    MERGED = "merged"
    CANCELLED = "cancelled"

    @property
    def category(self) -> Category:
        return _CATEGORY[self]

    @property
    def is_final(self) -> bool:
        return self.category is Category.FINAL

    @property
    def is_backlog(self) -> bool:
        """Counts as work not yet done: active or waiting."""
        return self.category not in (Category.DONE, Category.FINAL)


_CATEGORY = {
    Status.NEW: Category.ACTIVE,
    Status.OPEN: Category.ACTIVE,
    Status.PENDING: Category.WAITING_REQUESTER,
    Status.ON_HOLD: Category.WAITING_THIRD_PARTY,
    Status.RESOLVED: Category.DONE,
    Status.CLOSED: Category.FINAL,
    Status.MERGED: Category.FINAL,
    Status.CANCELLED: Category.FINAL,
}


class Priority(StrEnum):
    """How soon it is to be worked on."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"

    @property
    def rank(self) -> int:
        """1 is the most urgent, as in ITIL's P1 to P4; views sort by it."""
        return _RANK[self]


_RANK = {Priority.URGENT: 1, Priority.HIGH: 2, Priority.NORMAL: 3, Priority.LOW: 4}


class Level(StrEnum):
    """Degree of impact or urgency."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Channel(StrEnum):
    """How a message reached us. `api` serves every source that has no name of its own."""

    WEB = "web"
    EMAIL = "email"
    PHONE = "phone"
    CHAT = "chat"
    SMS = "sms"
    SOCIAL = "social"
    COMMUNITY = "community"
    MONITORING = "monitoring"
    API = "api"


class Format(StrEnum):
    """How a message was written. HTML is kept as it came, and made safe whenever it is shown."""

    TEXT = "text"
    HTML = "html"


class Relation(StrEnum):
    """What a ticket is to the `other` one of a link."""

    PARENT = "parent"
    CHILD = "child"
    PROBLEM = "problem"
    INCIDENT = "incident"
    BLOCKS = "blocks"
    BLOCKED_BY = "blocked_by"
    DUPLICATES = "duplicates"
    DUPLICATED_BY = "duplicated_by"
    RELATED = "related"
    FOLLOW_UP = "follow_up"
    FOLLOWED_UP_BY = "followed_up_by"

    @property
    def inverse(self) -> "Relation":
        """The same link seen from the other ticket."""
        return _INVERSE[self]


_PAIRS = [
    (Relation.PARENT, Relation.CHILD),
    (Relation.PROBLEM, Relation.INCIDENT),
    (Relation.BLOCKS, Relation.BLOCKED_BY),
    (Relation.DUPLICATES, Relation.DUPLICATED_BY),
    (Relation.RELATED, Relation.RELATED),
    (Relation.FOLLOW_UP, Relation.FOLLOWED_UP_BY),
]
_INVERSE = {a: b for one, other in _PAIRS for a, b in ((one, other), (other, one))}


class ClosedBecause(StrEnum):
    """The requester confirmed, an agent decided, or time ran out."""

    CONFIRMED = "confirmed"
    AGENT = "agent"
    TIMER = "timer"
