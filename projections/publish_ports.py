"""Where the log is published: what the publisher needs of a topic."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from domain.recorded import Recorded
from projections.following import Mark


class Partition(Protocol):
    """The part of a topic for one lane, in the hands of the only one who may write to it."""

    @property
    def last(self) -> Mark | None:
        """The last event that is in it for good; None: there is none yet."""

    def write(self, events: Sequence[Recorded[Any]]) -> None:
        """Add events, in this order: all of them, or none.

        Raises TopicUnavailable, and it is then unknown which of the two it was, until it is opened
        again; TopicUnusable.
        """


class Topic(Protocol):
    """Where everybody may follow the log: one partition per lane."""

    @property
    def name(self) -> str: ...

    def prepare(self, lanes: Sequence[int]) -> None:
        """Make sure that there is a partition for each lane, and none besides.

        A topic that is missing is made. Raises TopicUnusable, TopicUnavailable.
        """

    def open(self, lane: int) -> AbstractContextManager[Partition]:
        """Become the only one who may write to a partition.

        Whoever had it before can add nothing more, and what was begun there is complete or undone.
        Raises TopicUnusable, TopicUnavailable.
        """

    def marks(self, lanes: Sequence[int]) -> Mapping[int, Mark | None]:
        """The last event of each partition, without disturbing anybody. Raises TopicUnavailable."""


class TopicUnavailable(Exception):
    """The topic cannot be written or read now; it is worth trying again."""


class Superseded(TopicUnavailable):
    """Another one has opened the partition since; nothing more was written."""


class TopicUnusable(Exception):
    """The topic and the log do not fit together; the message says what to do."""
