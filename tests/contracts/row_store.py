"""What every row store promises to the projections' runtime, and its leases to the workers."""

from dataclasses import replace
from typing import Any

import pytest

from domain.position import Position
from domain.record import with_changes
from projections.lease_ports import Lease, Leases, Work
from projections.ports import (
    Build,
    LeaseLost,
    RowsRefused,
    Standing,
    TableChange,
    TablesChanged,
)
from tests.contracts.library import BOOK, HOME, LIBRARY, SHELF, Stand, book, on_shelf, parked, put


class RowStoreContract:
    """Subclasses give the fixture `stand`; its store has prepared LIBRARY for lane 0."""

    def test_rows_and_position_are_written_together(self, stand: Stand) -> None:
        stand.commit([*put(book("a"), book("b")), *on_shelf(2)], 7)
        stand.commit([*put(book("a", 5)), *on_shelf(-1)], 9)
        assert stand.read(BOOK, (HOME, "a"), (HOME, "c")) == {(HOME, "a"): book("a", 5)}
        assert stand.read(SHELF, (HOME, "top"))[HOME, "top"].books == 1
        assert stand.store.positions("library") == Position.of({0: 9})

    def test_a_row_can_be_removed(self, stand: Stand) -> None:
        stand.commit(put(book("a"), book("b")), 1)
        stand.commit([TableChange(table=BOOK, deletes=[(HOME, "a"), (HOME, "z")])], 2)
        assert list(stand.read(BOOK, (HOME, "a"), (HOME, "b"))) == [(HOME, "b")]

    def test_rows_are_found_by_what_they_hold(self, stand: Stand) -> None:
        thin, thick = book("Thin", 20), book("Thick", 900)
        stand.commit(put(thin, thick, book("Other", 300)), 1)
        with stand.store.begin(LIBRARY, 0) as batch:
            assert batch is not None
            found = {
                op: {row.title for row in batch.find(BOOK, (("pages", op, 300),), 10)}
                for op in ("<", ">=", "=")
            }
            assert found == {"<": {"Thin"}, ">=": {"Thick", "Other"}, "=": {"Other"}}
            both = (("workspace", "=", HOME), ("pages", "<", 900), ("pages", ">=", 300))
            assert [row.title for row in batch.find(BOOK, both, 10)] == ["Other"]
            assert batch.find(BOOK, (("title", "=", "Thin"),), 10) == [thin]
            assert len(batch.find(BOOK, (), 2)) == 2

    def test_what_was_not_committed_did_not_happen(self, stand: Stand) -> None:
        with stand.store.begin(LIBRARY, 0) as batch:
            assert batch is not None
            batch.park([parked(1, "ticket:a")])
        assert stand.store.parked() == []
        assert stand.store.positions("library") == Position.of({0: 0})

    def test_one_at_a_time(self, stand: Stand) -> None:
        with stand.store.begin(LIBRARY, 0) as batch:
            assert batch is not None
            with stand.store.begin(LIBRARY, 0) as other:
                assert other is None
        with stand.store.begin(LIBRARY, 0) as batch:
            assert batch is not None

    def test_another_version_or_lane_is_not_there(self, stand: Stand) -> None:
        with stand.store.begin(replace(LIBRARY, version=2), 0) as batch:
            assert batch is None
        with stand.store.begin(LIBRARY, 1) as batch:
            assert batch is None
        assert stand.store.positions("attic") is None

    def test_a_new_lane_begins_at_zero(self, stand: Stand) -> None:
        stand.commit([], 3)
        assert stand.store.prepare(LIBRARY, [0, 1]) == 1
        assert stand.store.positions("library") == Position.of({0: 3, 1: 0})

    def test_tables_that_changed_under_their_version_are_told(self, stand: Stand) -> None:
        wider = replace(BOOK, ddl={**BOOK.ddl, "shelf": "text"})
        with pytest.raises(TablesChanged, match="library"):
            stand.store.prepare(replace(LIBRARY, tables=(wider, SHELF)), [0])
        indexed = replace(BOOK, indexes=("(workspace, pages)",))
        with pytest.raises(TablesChanged):
            stand.store.prepare(replace(LIBRARY, tables=(indexed, SHELF)), [0])
        assert stand.store.prepare(LIBRARY, [0]) == 1

    @pytest.mark.parametrize(
        "wrong",
        [
            book("nul \0"),
            book("much", 2**70),
            with_changes(book("none"), pages=None),
            replace(book("deep"), notes={"x": ["\0"]}),
        ],
        ids=["nul", "much", "none", "deep"],
    )
    def test_rows_that_cannot_be_stored_are_refused_whole(self, stand: Stand, wrong: Any) -> None:
        with pytest.raises(RowsRefused):
            stand.commit(put(book("a"), wrong), 1)
        assert stand.read(BOOK, (HOME, "a")) == {}
        assert stand.store.positions("library") == Position.of({0: 0})

    def test_parked_events_are_kept_until_they_are_taken_back(self, stand: Stand) -> None:
        with stand.store.begin(LIBRARY, 0) as batch:
            assert batch is not None
            batch.park([parked(2, "ticket:b"), parked(1, "ticket:a")])
            batch.commit([], 2)
        with stand.store.begin(LIBRARY, 0) as batch:
            assert batch is not None
            assert batch.parked == {(HOME, "ticket:a"), (HOME, "ticket:b")}
            batch.unpark([parked(1, "ticket:a")])
            batch.park([parked(2, "ticket:b", "again")])
            batch.commit([], 2)
        assert stand.store.parked("library") == [parked(2, "ticket:b", "again")]
        assert stand.store.parked("attic") == []
        assert stand.store.standings() == [
            Standing(projection="library", version=1, lane=0, position=2, parked=1)
        ]

    def test_every_commit_leaves_another_state(self, stand: Stand) -> None:
        with stand.store.begin(LIBRARY, 0) as batch:
            assert batch is not None
            first = batch.state
            batch.commit(put(book("a")), 1)
            left = batch.state
        assert stand.state() == left != first
        assert stand.state() == left
        stand.commit(put(book("a", 7)), 1)  # as when parked events are applied
        assert stand.state() != left

    # ── Copies ───────────────────────────────────────────────────────────────────────────────────

    def test_a_copy_takes_the_place_of_the_live_one(self, stand: Stand) -> None:
        stand.commit(put(book("a")), 4)
        before = stand.state()
        with stand.store.building(LIBRARY) as mine:
            assert mine
            stand.store.create(LIBRARY, [0], Build.NEXT)
            stand.commit(put(book("b")), 3, Build.NEXT)
            stand.store.index(LIBRARY, Build.NEXT)
            assert not stand.store.swap(LIBRARY)
            stand.commit([], 4, Build.NEXT)
            assert stand.store.swap(LIBRARY)
        assert list(stand.read(BOOK, (HOME, "a"), (HOME, "b"))) == [(HOME, "b")]
        assert stand.store.positions("library") == Position.of({0: 4})
        assert stand.store.positions("library", Build.NEXT) is None
        assert stand.state() != before

    def test_one_builds_at_a_time_and_finds_nothing_left_behind(self, stand: Stand) -> None:
        with stand.store.building(LIBRARY) as mine:
            assert mine
            stand.store.create(LIBRARY, [0], Build.NEXT)
            with stand.store.building(LIBRARY) as other:
                assert not other
        assert stand.store.positions("library", Build.NEXT) == Position.of({0: 0})
        with stand.store.building(LIBRARY) as mine:
            assert mine
            assert stand.store.positions("library", Build.NEXT) is None

    def test_copies_are_compared_by_key(self, stand: Stand) -> None:
        stand.commit([*put(book("a"), book("b"), book("c")), *on_shelf(0)], 1)
        stand.store.create(LIBRARY, [0], Build.CHECK)
        stand.commit(put(book("a"), book("b", 5), book("d")), 1, Build.CHECK)
        with stand.store.frozen(LIBRARY) as position:
            assert position == Position.of({0: 1})
            found = list(stand.store.differences(LIBRARY, BOOK, 10))
            assert list(stand.store.differences(LIBRARY, SHELF, 10)) == []
        told = [(key[1], live is None, again is None) for key, live, again in found]
        assert told == [("b", False, False), ("c", False, True), ("d", True, False)]
        assert len(list(stand.store.differences(LIBRARY, BOOK, 1))) == 1

    # ── Leases ───────────────────────────────────────────────────────────────────────────────────

    def test_one_worker_has_all_and_a_second_one_half(self, stand: Stand) -> None:
        one, two = stand.worker("one"), stand.worker("two")
        assert set(one.share(FOUR)) == set(FOUR)
        assert two.share(FOUR) == {}
        kept = one.share(FOUR)
        gained = two.share(FOUR)
        assert len(kept) == len(gained) == 2
        assert set(kept) | set(gained) == set(FOUR)
        assert {h.worker for h in one.holdings()} == {"one", "two"}
        assert one.share(FOUR) == kept, "nothing moves without a reason"

    def test_a_worker_takes_only_what_it_wants(self, stand: Stand) -> None:
        one, two = stand.worker("one"), stand.worker("two")
        one.share(FOUR)
        two.share(FOUR[:1])
        one.share(FOUR)
        assert set(two.share(FOUR[:1])) == set(FOUR[:1])

    def test_a_renewed_lease_stays_and_one_that_ended_goes_over(self, stand: Stand) -> None:
        one, two = stand.worker("one"), stand.worker("two")
        old = one.share([WORK])[WORK]
        stand.pass_time(2)
        assert one.share([WORK]) == {WORK: old}
        stand.pass_time(2)
        assert two.share([WORK]) == {}
        stand.pass_time(2)
        new = two.share([WORK])[WORK]
        assert new.fence > old.fence
        (held,) = two.holdings()
        assert (held.worker, held.fence) == ("two", new.fence)
        assert held.age < 1
        assert 2 < held.left <= 3
        assert one.share([WORK]) == {}

    def test_a_lease_that_nobody_took_meanwhile_is_still_good(self, stand: Stand) -> None:
        one = stand.worker("one")
        lease = one.share([WORK])[WORK]
        stand.pass_time(60)
        stand.commit(put(book("a")), 1, lease=lease)
        assert one.share([WORK]) == {WORK: lease}

    def test_who_leaves_leaves_at_once(self, stand: Stand) -> None:
        one, two = stand.worker("one"), stand.worker("two")
        old = one.share([WORK])[WORK]
        one.leave()
        assert two.holdings() == []
        with pytest.raises(LeaseLost):
            stand.commit(put(book("a")), 1, lease=old)
        assert two.share([WORK])[WORK].fence > old.fence

    def test_a_worker_that_lost_its_lease_cannot_begin(self, stand: Stand) -> None:
        one, two = stand.worker("one"), stand.worker("two")
        old = one.share([WORK])[WORK]
        stand.pass_time(4)
        new = two.share([WORK])[WORK]
        with pytest.raises(LeaseLost), stand.store.begin(LIBRARY, 0, lease=old):
            pytest.fail("it began")
        stand.commit(put(book("a")), 1, lease=new)

    def test_a_worker_that_loses_its_lease_in_a_batch_writes_nothing(self, stand: Stand) -> None:
        one, two = stand.worker("one"), stand.worker("two")
        lease = one.share([WORK])[WORK]
        with pytest.raises(LeaseLost):
            self._commit_late(stand, lease, two)
        assert stand.read(BOOK, (HOME, "a")) == {}
        assert stand.store.positions("library") == Position.of({0: 0})

    def test_the_state_says_whose_batch_it_was(self, stand: Stand) -> None:
        one = stand.worker("one")
        lease = one.share([WORK])[WORK]
        known = stand.state(lease)
        one.leave()
        again = one.share([WORK])[WORK]
        assert stand.state(again) != known

    def _commit_late(self, stand: Stand, lease: Lease, other: Leases) -> None:
        with stand.store.begin(LIBRARY, 0, lease=lease) as batch:
            assert batch is not None
            stand.pass_time(4)
            assert set(other.share([WORK])) == {WORK}
            batch.commit(put(book("a")), 1)


WORK: Work = ("library", 1, 0)
FOUR: list[Work] = [("library", 1, lane) for lane in range(4)]
