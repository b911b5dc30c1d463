"""Work spread over processes, with results in the order of the tasks, however many there are.

Each process makes its own worker and hands it one task after the other, so that a worker may keep
state from task to task. A process that is told nothing more ends, also when the parent was killed;
the parent notices a process that was killed at the next result it waits for.
"""

import gc
import json
import os
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from queue import SimpleQueue
from threading import Thread
from typing import Any, Generic, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")

_AHEAD = 2
"""Tasks that a process has at once: the next one lies there when it is done with the first. That
bounds the memory which tasks and results take."""

_GARBAGE = 1_000_000
"""Objects more than before when a process looks for cycles. Workers turn values into values and
leave none; looking as often as Python does by itself costs a quarter of their time."""

_PATIENCE = 5.0
"""Seconds until a process that was told to end is killed."""

_PROGRAM = """
import json, signal, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)
sys.path[:] = json.loads(sys.argv[2])
from adapters.processes import live
live(int(sys.argv[1]))
"""
"""What a process runs. Ctrl-C reaches all processes of a terminal; the parent takes care of the
others. It imports what its work needs and not, as multiprocessing does, the parent's own program:
that would take longer than many a piece of work."""


class ProcessLost(Exception):
    """A worker process ended in the middle of its work."""


class Crew(Generic[Task, Result]):
    """Processes at work; see `crew`."""

    def __init__(self, members: "list[_Member[Task, Result]]") -> None:
        self._members = members

    def each(
        self, tasks: Iterable[Task], place: Callable[[Task], int] | None = None
    ) -> Iterator[Result]:
        """The results of all tasks, in the order of the tasks.

        Tasks with the same `place` are done by the same worker, in their order; by default any
        worker may do any task. `tasks` is read a little ahead of the results. Raises ProcessLost,
        and whatever a task raised when its turn comes.
        """
        under_way: deque[_Member[Task, Result]] = deque()
        for number, task in enumerate(tasks):
            at = number if place is None else place(task)
            member = self._members[at % len(self._members)]
            while member.under_way >= _AHEAD:
                yield under_way.popleft().result()
            member.give(task)
            under_way.append(member)
        while under_way:
            yield under_way.popleft().result()


@contextmanager
def crew(
    processes: int, make: Callable[..., Callable[[Task], Result]], *given: Any
) -> Iterator[Crew[Task, Result]]:
    """`processes` processes, each with a worker made by `make(*given)`; they end with the block.

    With one process the work is done in this one. All that is handed over has to be picklable.
    """
    members: list[_Member[Task, Result]] = []
    try:
        if processes <= 1:
            members.append(_Here(make(*given)))
        else:
            # Started and not forked: this process has threads and connections.
            members.extend(_There(make, given) for _ in range(processes))
        yield Crew(members)
    finally:
        for member in members:
            member.end()


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Member(Generic[Task, Result]):
    """A worker, wherever it is. `under_way`: tasks whose results were not taken yet."""

    under_way = 0

    def give(self, task: Task) -> None:
        raise NotImplementedError

    def result(self) -> Result:
        """The result of the first task that is under way."""
        raise NotImplementedError

    def end(self) -> None:
        """Let nothing be left behind."""


class _Here(_Member[Task, Result]):
    """In this process: a task is done when its result is asked for."""

    def __init__(self, work: Callable[[Task], Result]) -> None:
        self._work = work
        self._tasks: deque[Task] = deque()

    def give(self, task: Task) -> None:
        self._tasks.append(task)
        self.under_way += 1

    def result(self) -> Result:
        self.under_way -= 1
        return self._work(self._tasks.popleft())


class _There(_Member[Task, Result]):
    """In a process of its own."""

    def __init__(self, make: Callable[..., Callable[[Task], Result]], given: Any) -> None:
        self._connection, other = Pipe()
        with other:  # closed here, so that the end of that process ends the connection
            self._process = subprocess.Popen(  # noqa: S603 - this program
                [sys.executable, "-P", "-c", _PROGRAM, str(other.fileno()), json.dumps(sys.path)],
                stdin=subprocess.DEVNULL,
                pass_fds=[other.fileno()],
            )
        try:
            self._send((make, given))
        except BaseException:
            self.end()
            raise

    def give(self, task: Task) -> None:
        self._send(task)
        self.under_way += 1

    def result(self) -> Result:
        try:
            failed, result = self._connection.recv()
        except (EOFError, ConnectionResetError) as error:
            raise self._lost() from error
        self.under_way -= 1
        if failed:
            raise result
        done: Result = result
        return done

    def end(self) -> None:
        self._connection.close()
        self._process.terminate()
        if self._ended() is None:
            self._process.kill()
            self._process.wait()

    def _send(self, what: Any) -> None:
        try:
            self._connection.send(what)
        except (BrokenPipeError, ConnectionResetError) as error:
            raise self._lost() from error

    def _ended(self) -> int | None:
        """Its exit code, if it has ended or ends soon."""
        try:
            return self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            return None

    def _lost(self) -> ProcessLost:
        return ProcessLost(
            f"A worker process ended unexpectedly (exit code {self._ended()}): was it killed, or is"
            " the memory used up? The same call again goes on where this one stopped."
        )


def live(descriptor: int) -> None:
    """What a process does: make a worker, and take tasks until there are no more."""
    connection: Connection[Any, Any] = Connection(descriptor)
    gc.set_threshold(_GARBAGE)
    waiting: SimpleQueue[bytes | None] = SimpleQueue()
    # A thread takes the tasks in, so that the parent never waits to hand one over while this
    # process waits to hand over a result.
    Thread(target=_take_in, args=(connection, waiting), daemon=True).start()
    try:
        work: Callable[[Any], Any] | None = None
        while (taken := waiting.get()) is not None:
            given = pickle.loads(taken)  # noqa: S301 - from the parent alone
            if work is None:
                make, by = given
                work = make(*by)
            else:
                connection.send((False, work(given)))
    except (BrokenPipeError, ConnectionResetError):
        return  # nobody is interested any more
    except Exception as error:  # noqa: BLE001 - it is raised again where the result is taken
        error.add_note("(in a worker process)")
        connection.send((True, error))


def _take_in(connection: "Connection[Any, Any]", waiting: "SimpleQueue[bytes | None]") -> None:
    try:
        while True:
            waiting.put(connection.recv_bytes())
    except (EOFError, OSError):
        waiting.put(None)
