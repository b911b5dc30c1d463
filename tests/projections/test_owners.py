"""Who has what: a lease while it lasts, then whoever has the lane in the group."""

from projections.lease_ports import Holding
from projections.owners import Member, Owner, owner

WORK = ("queue", 1, 2)


def lease(left: float) -> Holding:
    return Holding(
        projection="queue", version=1, lane=2, worker="a:1", fence=7, age=10.0, left=left
    )


MEMBERS = (Member(worker="b:2", lanes=(0, 1)), Member(worker="c:3", lanes=(2,)))


def test_a_lease_counts_while_it_lasts() -> None:
    assert owner(WORK, {WORK: lease(1)}, MEMBERS) == Owner(worker="a:1", lease=lease(1))


def test_without_one_it_is_the_member_that_has_the_lane() -> None:
    assert owner(WORK, {}, MEMBERS) == Owner(worker="c:3")
    assert owner(WORK, {WORK: lease(-1)}, MEMBERS) == Owner(worker="c:3")


def test_who_is_gone_is_told_when_there_is_nobody_else() -> None:
    assert owner(WORK, {WORK: lease(-1)}, MEMBERS[:1]) == Owner(worker="a:1", lease=lease(-1))
    assert owner(WORK, {}, ()) is None
