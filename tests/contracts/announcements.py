"""What announcements promise: everybody who listens hears everything, in order."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Condition
from time import monotonic
from typing import Any

from api.live.ports import Announcements
from domain.ids import WorkspaceId

HERE = WorkspaceId("here")
PATIENCE = 60.0  # seconds

Processes = Callable[[int], AbstractContextManager[Sequence[Announcements]]]


@dataclass
class Ear:
    """What one process has heard, in its order."""

    heard: list[tuple[str, str | None, str, Any]] = field(default_factory=list)
    missed: int = 0
    _changed: Condition = field(default_factory=Condition)

    def hear(self, workspace: WorkspaceId, person: str | None, event: str, data: Any) -> None:
        with self._changed:
            self.heard.append((workspace, person, event, data))
            self._changed.notify_all()

    def miss(self) -> None:
        with self._changed:
            self.missed += 1
            self._changed.notify_all()

    def wait(self, true: Callable[[], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(true, PATIENCE), self.heard

    def until(self, event: str) -> None:
        self.wait(lambda: any(one[2] == event for one in self.heard))

    def of(self, event: str) -> list[Any]:
        return [data for _, _, name, data in self.heard if name == event]


def all_listening(processes: Sequence[Announcements]) -> list[Ear]:
    """An ear in each process; returns when they hear each other."""
    ears = [Ear() for _ in processes]
    for process, ear in zip(processes, ears, strict=True):
        process.listen(ear.hear, ear.miss)
    for ear in ears:
        deadline = monotonic() + PATIENCE
        while not ear.heard:
            assert monotonic() < deadline
            processes[0].tell(HERE, None, "ready", None)
            with ear._changed:
                ear._changed.wait_for(lambda ear=ear: ear.heard, 0.05)  # type: ignore[misc]
    return ears


class AnnouncementsContract:
    """Subclasses give the fixture `processes`."""

    def test_every_process_hears_what_one_tells(self, processes: Processes) -> None:
        with processes(3) as several:
            ears = all_listening(several)
            several[1].tell(HERE, "kim", "draft", {"ticket": "one", "revision": 3})
            for ear in ears:
                ear.until("draft")
                assert ear.heard[-1] == ("here", "kim", "draft", {"ticket": "one", "revision": 3})

    def test_two_equal_messages_are_two(self, processes: Processes) -> None:
        with processes(1) as (one,):
            (ear,) = all_listening([one])
            one.tell(HERE, None, "hello", 1)
            one.tell(HERE, None, "hello", 1)
            one.tell(HERE, None, "end", None)
            ear.until("end")
            assert ear.of("hello") == [1, 1]

    def test_what_one_tells_is_heard_in_its_order(self, processes: Processes) -> None:
        with processes(2) as several:
            ear = all_listening(several)[1]
            for n in range(200):
                several[0].tell(HERE, None, "count", n)
            several[0].tell(HERE, None, "end", None)
            ear.until("end")
            assert ear.of("count") == list(range(200))

    def test_any_text_of_any_length_arrives_as_it_was(self, processes: Processes) -> None:
        texts = ["", "안녕하세요 " * 700, "\n\"'\\ \x01 🙂", "x" * 7_480, "y" * 200_000]
        with processes(2) as several:
            ear = all_listening(several)[1]
            for text in texts:
                several[0].tell(HERE, None, "text", {"text": text})
            several[0].tell(HERE, None, "end", None)
            ear.until("end")
            assert [data["text"] for data in ear.of("text")] == texts

    def test_instants_come_as_the_api_writes_them(self, processes: Processes) -> None:
        with processes(1) as (one,):
            (ear,) = all_listening([one])
            one.tell(HERE, None, "at", {"at": datetime(2026, 3, 2, 9, 30, tzinfo=UTC)})
            ear.until("at")
            assert ear.of("at") == [{"at": "2026-03-02T09:30:00Z"}]
