"""What presences promise: there while it is said, gone when it is not, and told once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from api.live.ports import Presences
from domain.ids import TicketId, WorkspaceId
from domain.presence import Activity, Present

HERE, ELSEWHERE = WorkspaceId("here"), WorkspaceId("elsewhere")
ONE, TWO = TicketId("one"), TicketId("two")
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LIFE = 25.0

VIEWING, TYPING = Activity.VIEWING, Activity.TYPING


@dataclass(frozen=True)
class Room:
    """Presences that last for LIFE seconds, and the hand on their clock.

    It is moved by 10 s and more, as what the machine itself takes may count as well.
    """

    there: Presences
    pass_time: Callable[[float], None]

    def come(
        self,
        who: str = "kim",
        activity: Activity = VIEWING,
        *,
        ticket: TicketId = ONE,
        window: str = "a",
        at: datetime = AT,
    ) -> bool:
        present = Present(person=who, name=who.title(), activity=activity, since=at)
        return self.there.come(HERE, ticket, present, window)

    def go(self, who: str = "kim", window: str = "a") -> bool:
        return self.there.go(HERE, ONE, who, window)

    def seen(self, ticket: TicketId = ONE) -> list[tuple[str, Activity]]:
        return [(one.person, one.activity) for one in self.there.on(HERE, [ticket]).get(ticket, ())]


class PresencesContract:
    """Subclasses give the fixture `room`."""

    def test_who_comes_is_there_until_they_go(self, room: Room) -> None:
        assert room.come()
        assert room.there.on(HERE) == {
            ONE: [Present(person="kim", name="Kim", activity=VIEWING, since=AT)]
        }
        assert room.go()
        assert room.there.on(HERE) == {}
        assert not room.go()

    def test_saying_it_again_is_no_change_but_another_activity_is(self, room: Room) -> None:
        assert room.come()
        assert not room.come(at=AT + timedelta(seconds=10))
        assert room.come(activity=TYPING)
        assert not room.come(activity=TYPING)
        assert room.seen() == [("kim", TYPING)]
        assert room.come()
        assert room.there.on(HERE, [ONE])[ONE][0].since == AT

    def test_who_says_nothing_is_gone(self, room: Room) -> None:
        room.come()
        room.pass_time(LIFE - 10)
        assert room.seen() == [("kim", VIEWING)]
        room.come()
        room.pass_time(LIFE - 10)
        assert room.seen() == [("kim", VIEWING)]
        room.pass_time(11)
        assert room.seen() == []
        assert not room.go()

    def test_who_comes_back_after_that_comes_anew(self, room: Room) -> None:
        room.come()
        room.pass_time(LIFE + 1)
        later = AT + timedelta(seconds=26)
        assert room.come(at=later)
        assert room.there.on(HERE, [ONE])[ONE][0].since == later

    def test_what_is_over_is_told_once(self, room: Room) -> None:
        room.come()
        room.come("lee")
        room.come("lee", ticket=TWO)
        assert set(room.there.expire()) == set()
        room.pass_time(LIFE - 10)
        room.come("lee", ticket=TWO)
        room.pass_time(11)
        assert set(room.there.expire()) == {(HERE, ONE)}
        assert set(room.there.expire()) == set()
        assert room.seen(TWO) == [("lee", VIEWING)]

    def test_several_windows_are_one_person(self, room: Room) -> None:
        room.come(window="a")
        room.come(window="b", activity=TYPING, at=AT + timedelta(seconds=5))
        assert room.there.on(HERE) == {
            ONE: [Present(person="kim", name="Kim", activity=TYPING, since=AT)]
        }
        assert room.go(window="b")
        assert room.seen() == [("kim", VIEWING)]
        assert room.go(window="a")
        assert room.seen() == []

    def test_who_came_first_is_named_first(self, room: Room) -> None:
        room.come("lee", at=AT + timedelta(seconds=1))
        room.come("kim", at=AT + timedelta(seconds=2))
        room.come("ann", at=AT)
        assert [person for person, _ in room.seen()] == ["ann", "lee", "kim"]

    def test_only_the_tickets_that_are_asked_for_in_this_workspace(self, room: Room) -> None:
        room.come()
        room.come(ticket=TWO)
        assert room.there.on(HERE, [TWO]).keys() == {TWO}
        assert room.there.on(HERE).keys() == {ONE, TWO}
        assert room.there.on(HERE, []) == {}
        assert room.there.on(ELSEWHERE) == {}
