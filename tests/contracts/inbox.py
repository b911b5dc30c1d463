"""What every inbox does, and what is kept of what was refused, whatever it is made of."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from commands.intake_ports import (
    DeadLetters,
    Delivery,
    Ending,
    Inbox,
    Letter,
    Member,
    Reason,
    Refused,
)

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
WHY = Reason(
    code="invalid", message="Too long. 너무 깁니다.", field="subject", what_to_do="Cut it."
)

Leave = Callable[..., None]
"""Somebody leaves values in a partition, under one key, in this order."""


def taken(member: Member, count: int) -> list[Delivery]:
    """So many deliveries, in the order in which they came."""
    found: list[Delivery] = []
    for _ in range(120):
        found += member.take(0.5)
        if len(found) >= count:
            return found
    raise AssertionError(f"only {len(found)} of {count} came")


def values(deliveries: Iterable[Delivery]) -> list[bytes | None]:
    return [one.value for one in deliveries]


class InboxContract:
    """Subclasses give `inbox`, prepared and of two partitions, and `leave`."""

    def test_what_is_left_is_taken_in_the_order_of_its_partition(
        self, inbox: Inbox, leave: Leave
    ) -> None:
        leave(0, "a:1", "one", "two", "three")
        leave(1, "b:2", "four")
        with inbox.open() as member:
            found = taken(member, 4)
        first = [one for one in found if one.partition == 0]
        assert values(first) == [b"one", b"two", b"three"]
        assert [one.offset for one in first] == [0, 1, 2]
        assert {one.key for one in found} == {b"a:1", b"b:2"}

    def test_what_was_taken_and_is_not_done_is_taken_again(
        self, inbox: Inbox, leave: Leave
    ) -> None:
        leave(0, "a:1", "one", "two")
        with inbox.open() as member:
            member.done(taken(member, 2)[:1])
            assert inbox.lag() == 1
        with inbox.open() as another:
            assert values(taken(another, 1)) == [b"two"]

    def test_what_is_done_is_not_taken_again(self, inbox: Inbox, leave: Leave) -> None:
        leave(0, "a:1", "one")
        with inbox.open() as member:
            member.done(taken(member, 1))
        leave(0, "a:1", "two")
        assert inbox.lag() == 1
        with inbox.open() as another:
            found = taken(another, 1)
            assert values(found) == [b"two"]
            another.done(found)
        assert inbox.lag() == 0

    def test_who_takes_long_stays_and_misses_nothing(self, inbox: Inbox, leave: Leave) -> None:
        leave(0, "a:1", "one")
        with inbox.open() as member:
            found = taken(member, 1)
            leave(0, "a:1", "two")
            leave(1, "b:2", "three")
            for _ in range(3):
                member.stay()
            member.done(found)
            assert set(values(taken(member, 2))) == {b"two", b"three"}

    def test_what_comes_while_one_only_stays_is_taken_later(
        self, inbox: Inbox, leave: Leave
    ) -> None:
        """Such as of a partition that is given to a member while its batch takes long."""
        leave(0, "a:1", "one")
        leave(1, "b:2", "two")
        with inbox.open() as member:
            for _ in range(4):
                member.stay()
            assert set(values(taken(member, 2))) == {b"one", b"two"}


def refused(*offsets: int, reason: Reason = WHY) -> list[Refused]:
    return [
        (
            Delivery(
                key=b"a:1",
                value=f"{offset}".encode(),
                headers=(("traceparent", b"00-1"),),
                partition=3,
                offset=offset,
                at=AT,
            ),
            reason,
        )
        for offset in offsets
    ]


class DeadLettersContract:
    """Subclasses give `dead_letters`, prepared."""

    @staticmethod
    def kept(dead_letters: DeadLetters) -> list[Letter]:
        found = list(dead_letters.letters())
        dead_letters.close()
        return found

    def test_there_are_none_at_first(self, dead_letters: DeadLetters) -> None:
        assert self.kept(dead_letters) == []
        assert dead_letters.open() == 0

    def test_they_say_what_was_refused_where_it_was_left_and_why(
        self, dead_letters: DeadLetters
    ) -> None:
        put = refused(7, 9)
        dead_letters.put(put, AT)
        found = self.kept(dead_letters)
        assert [(one.delivery, one.reason) for one in found] == put
        assert {(one.refused_at, one.ending) for one in found} == {(AT, None)}

    def test_one_that_is_put_again_is_there_once(self, dead_letters: DeadLetters) -> None:
        dead_letters.put(refused(7), AT)
        dead_letters.put(refused(7, 8), AT)
        assert [one.delivery.offset for one in self.kept(dead_letters)] == [7, 8]

    def test_what_became_of_one_is_known_ever_after(self, dead_letters: DeadLetters) -> None:
        dead_letters.put(refused(7, 8, 9), AT)
        first, second, _ = self.kept(dead_letters)
        dead_letters.settle(first.offset, Ending.REPLAYED, AT)
        dead_letters.settle(second.offset, Ending.DISMISSED, AT)
        endings = [one.ending for one in self.kept(dead_letters)]
        assert endings == [Ending.REPLAYED, Ending.DISMISSED, None]

    def test_those_are_counted_that_are_not_settled(self, dead_letters: DeadLetters) -> None:
        counted = []
        for put in (refused(7, 8), refused(8, 9)):
            dead_letters.put(put, AT)
            counted.append(dead_letters.open())
        for letter in self.kept(dead_letters)[:2]:
            for _ in range(2):
                dead_letters.settle(letter.offset, Ending.DISMISSED, AT)
            counted.append(dead_letters.open())
        dead_letters.put(refused(7, 10), AT)  # 7 was settled
        counted.append(dead_letters.open())
        assert counted == [2, 3, 2, 1, 2]
        assert counted[-1] == sum(one.ending is None for one in self.kept(dead_letters))

    def test_a_record_without_key_or_value_is_kept_as_it_is(
        self, dead_letters: DeadLetters
    ) -> None:
        nothing = Delivery(key=None, value=None, partition=0, offset=0, at=AT)
        dead_letters.put([(nothing, WHY)], AT)
        (letter,) = self.kept(dead_letters)
        assert letter.delivery == nothing
