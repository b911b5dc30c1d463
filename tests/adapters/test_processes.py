"""Work in other processes: its order, its failures, and that nobody is left behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from adapters.processes import ProcessLost, crew


class Counter:
    """Remembers how many tasks it had, and who it is."""

    def __init__(self, step: int) -> None:
        self._done = 0
        self._step = step

    def __call__(self, task: int) -> tuple[int, int, int]:
        self._done += self._step
        return task, self._done, os.getpid()


class Doer:
    """Does what it is told by a word."""

    def __call__(self, task: str) -> str:
        if task == "fail":
            raise ValueError("it went wrong")
        if task == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        return "x" * 5_000_000 if task == "much" else task


@pytest.mark.parametrize("processes", [1, 2, 3])
def test_results_come_in_the_order_of_the_tasks(processes: int) -> None:
    with crew(processes, Counter, 1) as hands:
        found = [task for task, _, _ in hands.each(range(50))]
    assert found == list(range(50))


@pytest.mark.parametrize("processes", [1, 2, 3])
def test_a_worker_keeps_what_it_knows_of_its_place(processes: int) -> None:
    with crew(processes, Counter, 1) as hands:
        found = list(hands.each([0, 0, 1, 0, 1, 2, 0], place=lambda task: task))
    pids = {task: {pid for other, _, pid in found if other == task} for task, _, _ in found}
    assert all(len(one) == 1 for one in pids.values())
    assert (os.getpid() in set.union(*pids.values())) is (processes == 1)
    assert max(done for _, done, _ in found) == {1: 7, 2: 5, 3: 4}[processes]


def test_tasks_are_taken_only_a_little_ahead() -> None:
    taken = 0

    def tasks() -> Iterator[int]:
        nonlocal taken
        for task in range(100):
            taken += 1
            yield task

    with crew(2, Counter, 1) as hands:
        results = hands.each(tasks())
        next(results)
        assert taken <= 6


@pytest.mark.parametrize("processes", [1, 2])
def test_large_tasks_and_results_do_not_block_each_other(processes: int) -> None:
    with crew(processes, Doer) as hands:
        found = list(hands.each(["y" * 5_000_000, "much"] * 6))
    assert [text[0] for text in found] == ["y", "x"] * 6


@pytest.mark.parametrize("processes", [1, 2])
def test_a_failure_is_raised_in_its_turn(processes: int) -> None:
    with crew(processes, Doer) as hands:
        results = hands.each(["one", "two", "fail", "three"])
        assert [next(results), next(results)] == ["one", "two"]
        with pytest.raises(ValueError, match="it went wrong"):
            next(results)


def test_a_worker_that_was_killed_is_noticed() -> None:
    with crew(2, Doer) as hands, pytest.raises(ProcessLost, match="exit code -9"):
        list(hands.each(["one", "die", "two", "three", "four", "five"]))


def test_workers_end_with_the_block() -> None:
    with crew(2, Counter, 1) as hands:
        pids = {pid for _, _, pid in hands.each(range(4))}
    assert all(_ended(pid) for pid in pids)


_PARENT = """
import sys, time
sys.path[:0] = PATH
from adapters.processes import crew
from slow_workers import Slow

if __name__ == "__main__":
    with crew(2, Slow) as hands:
        for number, pid in enumerate(hands.each(range(1000))):
            if number < 2:
                print(pid, flush=True)
"""
_WORKERS = """
import os, time

class Slow:
    def __call__(self, task):
        time.sleep(0.05)
        return os.getpid()
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_workers_do_not_outlive_their_parent(how: signal.Signals, tmp_path: Path) -> None:
    path = repr([str(tmp_path), str(Path.cwd())])
    (tmp_path / "slow_workers.py").write_text(_WORKERS)
    (tmp_path / "parent.py").write_text(_PARENT.replace("PATH", path))
    parent = subprocess.Popen(
        [sys.executable, tmp_path / "parent.py"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert parent.stdout is not None
    pids = [int(parent.stdout.readline()) for _ in range(2)]
    parent.send_signal(how)
    parent.communicate(timeout=60)
    _until(lambda: all(_ended(pid) for pid in pids))


def _ended(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)
