"""The judge is judged: a sound history passes; each kind of damage to one is found and named."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from random import Random
from uuid import UUID

import pytest

from adapters.memory import MemoryStore
from tests.rig import checker
from tests.rig.checker import Finding, Logged, judge
from tests.rig.history import Asked, Event, Heard, History, Journal, Outcome, Wanted, read
from tests.rig.ledger import fold
from tests.rig.recording import Recording
from tests.rig.tail import Tail
from tests.rig.traffic import Client, crowd
from tests.rig.world import log

NOBODY = UUID(int=1)


@dataclass
class Run:
    """What a judge is shown."""

    history: History
    log: Logged
    tail: list[Event]

    def judged(self) -> list[Finding]:
        return judge(self.history, self.log, [self.tail])

    @property
    def written(self) -> list[Asked]:
        """Commands with events of their own, in the order of their answers."""
        return [
            asked
            for asked in self.history.with_outcome(Outcome.ACKNOWLEDGED)
            if self.history.heard[asked.number].events
            and not self.history.heard[asked.number].repeated
        ]

    def replace_everywhere(self, old: Event, new: Event) -> None:
        for events in (*self.log.lanes.values(), *self.log.streams.values()):
            events[:] = [new if event == old else event for event in events]


def made(folder: Path) -> Run:
    """A sound run of three clients on a store in memory."""
    file = folder / "1.journal"
    journal = Journal(file)
    store = MemoryStore(2)
    recording = Recording(store, journal)
    for n in range(3):
        Client(recording, Random(n), streams=5).run(60)
    journal.close()
    logged = log(store)
    return Run(history=read([file]), log=logged, tail=logged.events)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return made(tmp_path_factory.mktemp("history"))


@pytest.fixture
def run(sound: Run) -> Run:
    """A copy whose events are shared: they never change."""
    return Run(
        history=History(dict(sound.history.asked), dict(sound.history.heard)),
        log=Logged(
            lanes={lane: list(events) for lane, events in sound.log.lanes.items()},
            heads=dict(sound.log.heads),
            streams={stream: list(events) for stream, events in sound.log.streams.items()},
        ),
        tail=list(sound.tail),
    )


def test_a_sound_history_has_no_finding(run: Run) -> None:
    assert run.judged() == []


def test_a_history_has_everything_that_may_happen(run: Run) -> None:
    heard = list(run.history.heard.values())
    reasons = {one.reason.partition(":")[0] for one in heard}
    assert {"VersionConflict", "CommandIdReused"} <= reasons
    assert any(one.repeated for one in heard)
    assert any(len({event.lane for event in one.events}) > 1 for one in heard)
    assert any(not wanted.events for asked in run.written for wanted in asked.wanted)


def drop_an_event(run: Run) -> None:
    lost = run.log.lanes[0].pop(7)
    run.log.streams[lost.workspace, lost.stream].remove(lost)


def drop_the_last_event_and_take_the_head_back(run: Run) -> None:
    lost = run.log.lanes[0].pop()
    run.log.heads[0] -= 1
    run.log.streams[lost.workspace, lost.stream].remove(lost)


def double_an_event(run: Run) -> None:
    run.log.lanes[0].insert(8, run.log.lanes[0][7])


def write_a_command_twice(run: Run) -> None:
    """Cleanly: no hole, no gap, only that it is there a second time."""
    first = run.log.lanes[0][-1]
    stream = run.log.streams[first.workspace, first.stream]
    again = replace(first, position=first.position + 1, version=len(stream) + 1)
    run.log.lanes[0].append(again)
    run.log.heads[0] += 1
    stream.append(again)
    run.tail.append(again)


def swap_two_events(run: Run) -> None:
    lane = run.log.lanes[0]
    a, b = next((a, b) for a, b in pairwise(lane) if a.stream != b.stream)
    at = lane.index(a)
    lane[at : at + 2] = [replace(b, position=a.position), replace(a, position=b.position)]
    for old, new in zip((b, a), lane[at : at + 2], strict=True):
        stream = run.log.streams[new.workspace, new.stream]
        stream[:] = [new if event == old else event for event in stream]


def leave_a_hole(run: Run) -> None:
    for event in list(run.log.lanes[0][9:]):
        run.replace_everywhere(event, replace(event, position=event.position + 1))


def let_the_head_run_ahead(run: Run) -> None:
    run.log.heads[1] += 1


def load_a_stream_without_its_last_event(run: Run) -> None:
    max(run.log.streams.values(), key=len).pop()


def put_a_stream_into_two_lanes(run: Run) -> None:
    event = run.log.lanes[0][5]
    run.replace_everywhere(event, replace(event, lane=1))


def change_what_was_written(run: Run) -> None:
    event = run.log.lanes[0][3]
    run.replace_everywhere(event, replace(event, what="ticket.tagged#000000000000"))


def write_what_nobody_asked_for(run: Run) -> None:
    event = run.log.lanes[0][-1]
    run.replace_everywhere(event, replace(event, command_id=NOBODY))


def write_what_was_refused(run: Run) -> None:
    asked = run.written[-1]
    run.history.heard[asked.number] = Heard(asked.number, Outcome.REFUSED, asked.began + 1)


def lose_the_answer_and_refuse_the_repeat(run: Run) -> None:
    """What a store does that forgets command ids: it takes the first attempt for another's."""
    asked = run.written[-1]
    del run.history.heard[asked.number]
    again = replace(asked, number="again", began=asked.began + 1)
    run.history.asked["again"] = again
    run.history.heard["again"] = Heard("again", Outcome.REFUSED, again.began + 1)


def refuse_a_repeat(run: Run) -> None:
    asked = run.written[0]
    late = run.history.heard[asked.number].ended + 1
    run.history.asked["again"] = replace(asked, number="again", began=late)
    run.history.heard["again"] = Heard("again", Outcome.REFUSED, late + 1)


def answer_a_repeat_otherwise(run: Run) -> None:
    asked = run.written[0]
    first = run.history.heard[asked.number]
    run.history.asked["again"] = replace(asked, number="again", began=first.ended + 1)
    run.history.heard["again"] = replace(
        first, number="again", version=first.version + 1, repeated=True
    )


def write_half_of_a_command(run: Run) -> None:
    """Its answer was lost, so that only the request says what it was."""
    asked = next(a for a in reversed(run.written) if len(a.streams) > 1)
    del run.history.heard[asked.number]
    run.history.asked[asked.number] = replace(
        asked, wanted=(*asked.wanted, Wanted("ticket:new", 0, ("ticket.tagged#000000000000",)))
    )


def accept_what_looked_at_an_older_version(run: Run) -> None:
    asked = next(
        a
        for a in run.written
        if any(not w.events and w.expected for w in a.wanted)
        and len({e.lane for e in run.history.heard[a.number].events}) == 2
    )
    run.history.asked[asked.number] = replace(
        asked,
        wanted=tuple(
            wanted if wanted.events else replace(wanted, expected=wanted.expected - 1)
            for wanted in asked.wanted
        ),
    )


def answer_before_what_comes_first_was_asked(run: Run) -> None:
    first = run.log.lanes[0][0]
    for number, asked in run.history.asked.items():
        if asked.command == (first.workspace, first.command_id):
            run.history.asked[number] = replace(asked, began=asked.began + 1_000)


def raise_what_nobody_expects(run: Run) -> None:
    asked = run.written[-1]
    run.history.asked["odd"] = replace(asked, number="odd", command_id=NOBODY)
    run.history.heard["odd"] = Heard("odd", Outcome.FAILED, 0.0, reason="UniqueViolation")


def let_the_reader_miss_one(run: Run) -> None:
    del run.tail[4]


def let_the_reader_see_one_twice(run: Run) -> None:
    run.tail.insert(4, run.tail[4])


def let_the_reader_see_two_in_the_wrong_order(run: Run) -> None:
    run.tail[4], run.tail[5] = run.tail[5], run.tail[4]


DAMAGE: dict[Callable[[Run], None], str] = {
    drop_an_event: checker.HOLE,
    drop_the_last_event_and_take_the_head_back: checker.ONCE,
    double_an_event: checker.HOLE,
    write_a_command_twice: checker.ONCE,
    swap_two_events: checker.ONCE,
    leave_a_hole: checker.HOLE,
    let_the_head_run_ahead: checker.HOLE,
    load_a_stream_without_its_last_event: checker.GAP,
    put_a_stream_into_two_lanes: checker.GAP,
    change_what_was_written: checker.ONCE,
    write_what_nobody_asked_for: checker.STRANGER,
    write_what_was_refused: checker.REFUSED,
    lose_the_answer_and_refuse_the_repeat: checker.REPEAT,
    refuse_a_repeat: checker.REPEAT,
    answer_a_repeat_otherwise: checker.REPEAT,
    write_half_of_a_command: checker.WHOLE,
    accept_what_looked_at_an_older_version: checker.LOOKED,
    answer_before_what_comes_first_was_asked: checker.TIME,
    raise_what_nobody_expects: checker.FAILED,
    let_the_reader_miss_one: checker.TAIL,
    let_the_reader_see_one_twice: checker.TAIL,
    let_the_reader_see_two_in_the_wrong_order: checker.TAIL,
}


@pytest.mark.parametrize("damage", DAMAGE, ids=lambda damage: damage.__name__.replace("_", " "))
def test_damage_is_found_and_named(run: Run, damage: Callable[[Run], None]) -> None:
    damage(run)
    assert DAMAGE[damage] in {finding.rule for finding in run.judged()}


def test_every_rule_is_broken_once() -> None:
    rules = {value for name, value in vars(checker).items() if name.isupper() and len(name) > 1}
    assert set(DAMAGE.values()) == rules


def test_an_answer_that_never_came_may_mean_either(run: Run) -> None:
    """A process that was killed before it heard the answer to its last request."""
    asked = run.written[-1]
    del run.history.heard[asked.number]
    assert run.judged() == []
    run.history.asked["never"] = replace(asked, number="never", command_id=NOBODY)
    assert run.judged() == []


def test_the_store_in_memory_keeps_the_same_promises(tmp_path: Path) -> None:
    """Threads and a reader at the end beside them, without a database."""
    store, journal = MemoryStore(3), Journal(tmp_path / "1.journal")
    recording, tail = Recording(store, journal), Tail(store)
    tail.start()
    crowd([Client(recording, Random(n)) for n in range(4)], 30)
    seen = tail.finish()
    journal.close()
    assert tail.error is None
    assert judge(read([tmp_path / "1.journal"]), log(store), [seen]) == []


def test_a_fold_shows_a_missing_a_doubled_and_a_misplaced_event(run: Run) -> None:
    events = run.log.lanes[0]
    right = fold(events)
    assert fold(events[:-1]) != right
    assert fold([*events, events[-1]]) != right
    at = next(n for n in range(len(events)) if events[n].stream == events[n + 1].stream)
    swapped = [*events[:at], events[at + 1], events[at], *events[at + 2 :]]
    assert fold(swapped).sums == right.sums
    assert fold(swapped) != right
    assert checker.compare("rule", fold(swapped).chains, right.chains) != []
    assert checker.compare("rule", right.chains, right.chains) == []


def test_a_history_outlives_a_writer_that_was_killed_in_a_line(tmp_path: Path, run: Run) -> None:
    file = tmp_path / "1.journal"
    journal = Journal(file)
    Client(Recording(MemoryStore(), journal), Random(1)).run(5)
    journal.close()
    whole = read([file])
    file.write_bytes(file.read_bytes()[:-9])
    cut = read([file])
    assert len(cut.heard) == len(whole.heard) - 1
    assert cut.asked == whole.asked


def test_a_lost_attempt_may_be_refused_for_what_it_looked_at_and_decided_anew(run: Run) -> None:
    """The later decision writes the same events: the log alone does not tell which it was."""
    asked = run.written[-1]
    stale = replace(asked, wanted=(*asked.wanted, Wanted("ticket:looked at", 1)))
    lost = replace(stale, number="lost", began=asked.began - 0.2)
    refused = replace(stale, number="refused", began=asked.began - 0.1)
    run.history.asked.update({"lost": lost, "refused": refused})
    run.history.heard["refused"] = Heard("refused", Outcome.REFUSED, asked.began)
    assert run.judged() == []


def test_the_id_of_a_written_command_is_refused_to_others_also_when_an_attempt_was_lost(
    run: Run,
) -> None:
    asked = run.written[-1]
    began = run.history.heard[asked.number].ended
    lost = replace(asked, number="lost", fingerprint="another", began=began + 0.1)
    refused = replace(lost, number="refused", began=began + 0.2)
    run.history.asked.update({"lost": lost, "refused": refused})
    run.history.heard["refused"] = Heard("refused", Outcome.REFUSED, began + 0.3)
    assert run.judged() == []
