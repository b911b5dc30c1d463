"""Calls made at the same time become one, everybody gets their own answer, nobody waits in vain."""

import asyncio
import signal
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event, get_ident
from time import monotonic, sleep
from typing import Any

import pytest

from adapters.postgres.group_commit import AsyncGroupCommit, GroupCommit


class LostError(Exception):
    """Stands for a lost server."""


class Server:
    """Squares numbers, refuses negative ones, is lost at nought; remembers who came together."""

    def __init__(self) -> None:
        self.calls: list[list[int]] = []
        self.open = Event()
        self.open.set()

    def call(self, numbers: Sequence[int]) -> list[int]:
        self.calls.append(list(numbers))
        assert self.open.wait(60)
        return self.answer(numbers)

    async def call_async(self, numbers: Sequence[int]) -> list[int]:
        self.calls.append(list(numbers))
        while not self.open.is_set():  # noqa: ASYNC110 - the test sets it from the same loop
            await asyncio.sleep(0)
        return self.answer(numbers)

    @property
    def asked(self) -> int:
        """How many numbers have come, in all calls."""
        return sum(map(len, self.calls))

    def answer(self, numbers: Sequence[int]) -> list[int]:
        if min(numbers) < 0:
            raise ValueError(min(numbers))
        if 0 in numbers:
            raise LostError
        return [number * number for number in numbers]


class Crowd:
    """`under_way`: how many calls had left before the first one returned."""

    under_way = 0


class Threads(Crowd):
    """Asks from a thread each, in the given order; the first one's call is held open meanwhile."""

    def outcomes(
        self, server: Server, first: int, others: Iterable[int], most: int
    ) -> list[object]:
        group = GroupCommit(server.call, LostError, most)
        with ThreadPoolExecutor(64) as pool:
            server.open.clear()
            asked = [pool.submit(group.ask, first)]
            _until(lambda: len(server.calls) == 1)
            for n, number in enumerate(others, start=1):
                asked.append(pool.submit(group.ask, number))
                _until(lambda n=n: len(group._waiting) + server.asked == n + 1)  # type: ignore[misc]
            self.under_way = len(server.calls)
            server.open.set()
            return [_outcome(one) for one in asked]


class Coroutines(Crowd):
    """The same in an event loop."""

    def outcomes(
        self, server: Server, first: int, others: Iterable[int], most: int
    ) -> list[object]:
        async def ask() -> list[object]:
            group = AsyncGroupCommit(server.call_async, LostError, most)
            server.open.clear()
            asked = [asyncio.create_task(group.ask(first))]
            while not server.calls:  # noqa: ASYNC110 - until the first call is under way
                await asyncio.sleep(0)
            asked += [asyncio.create_task(group.ask(number)) for number in others]
            for _ in range(3):
                await asyncio.sleep(0)
            self.under_way = len(server.calls)
            server.open.set()
            return list(await asyncio.gather(*asked, return_exceptions=True))

        return asyncio.run(ask())


def _until(true: Callable[[], bool]) -> None:
    deadline = monotonic() + 60
    while not true():
        assert monotonic() < deadline
        sleep(0.0005)


def _outcome(asked: "Future[int]") -> object:
    return asked.exception(60) or asked.result()


@pytest.fixture(params=[Threads, Coroutines])
def crowd(request: pytest.FixtureRequest) -> Threads | Coroutines:
    made: Threads | Coroutines = request.param()
    return made


@pytest.fixture
def server() -> Server:
    return Server()


def test_who_comes_during_a_call_shares_the_next_one(
    crowd: Threads | Coroutines, server: Server
) -> None:
    assert crowd.outcomes(server, 1, range(2, 12), most=100) == [n * n for n in range(1, 12)]
    assert server.calls == [[1], list(range(2, 12))]


def test_a_call_is_no_larger_than_allowed(crowd: Threads | Coroutines, server: Server) -> None:
    assert crowd.outcomes(server, 1, range(2, 12), most=4) == [n * n for n in range(1, 12)]
    assert server.calls == [[1], [2, 3, 4, 5], [6, 7, 8, 9], [10, 11]]


def test_a_full_group_of_coroutines_leaves_beside_the_call_under_way(server: Server) -> None:
    crowd = Coroutines()
    crowd.outcomes(server, 1, range(2, 12), most=5)
    assert server.calls == [[1], [2, 3, 4, 5, 6], [7, 8, 9, 10, 11]]
    assert crowd.under_way == 2


def test_a_group_that_is_not_full_waits(crowd: Threads | Coroutines, server: Server) -> None:
    crowd.outcomes(server, 1, range(2, 6), most=5)
    assert crowd.under_way == 1


def test_one_that_cannot_be_answered_harms_nobody_else(
    crowd: Threads | Coroutines, server: Server
) -> None:
    four, refused, nine = crowd.outcomes(server, 1, [2, -5, 3], most=100)[1:]
    assert (four, nine) == (4, 9)
    assert isinstance(refused, ValueError)
    assert server.calls == [[1], [2, -5, 3], [2], [-5], [3]]


def test_a_lost_server_is_lost_for_all_who_shared_the_call_and_asked_no_more(
    crowd: Threads | Coroutines, server: Server
) -> None:
    outcomes = crowd.outcomes(server, 1, [2, 0, 3], most=100)
    assert outcomes[0] == 1
    assert [type(outcome) for outcome in outcomes[1:]] == [LostError] * 3
    assert server.calls == [[1], [2, 0, 3]]


def test_a_server_that_is_lost_among_single_questions_is_asked_no_more(
    crowd: Threads | Coroutines, server: Server
) -> None:
    two, refused, lost, three = crowd.outcomes(server, 1, [2, -5, 0, 3], most=100)[1:]
    assert two == 4
    assert isinstance(refused, ValueError)
    assert [type(lost), type(three)] == [LostError] * 2
    assert server.calls == [[1], [2, -5, 0, 3], [2], [-5], [0]]


def test_after_a_failure_it_goes_on(crowd: Threads | Coroutines, server: Server) -> None:
    outcomes = crowd.outcomes(server, 0, [2, -1, 3, 4], most=2)
    assert isinstance(outcomes[0], LostError)
    assert isinstance(outcomes[2], ValueError)
    assert [outcomes[1], *outcomes[3:]] == [4, 9, 16]


def test_many_threads_all_get_their_own_answer() -> None:
    server = Server()

    def slow(numbers: Sequence[int]) -> list[int]:
        sleep(0.0002)
        return server.call(numbers)

    group = GroupCommit(slow, LostError, 7)
    with ThreadPoolExecutor(32) as pool:
        assert list(pool.map(group.ask, range(1, 2_001))) == [n * n for n in range(1, 2_001)]
    assert sorted(n for call in server.calls for n in call) == list(range(1, 2_001))
    assert max(map(len, server.calls)) > 1


def test_a_cancelled_caller_leaves_the_others_their_answers(server: Server) -> None:
    async def ask() -> list[int]:
        group = AsyncGroupCommit(server.call_async, LostError)
        server.open.clear()
        first, gone, last = (asyncio.create_task(group.ask(n)) for n in (1, 2, 3))
        await asyncio.sleep(0)
        gone.cancel()
        server.open.set()
        return [await first, await last, await group.ask(4)]

    assert asyncio.run(ask()) == [1, 9, 16]


def test_who_is_interrupted_while_they_wait_leaves_nobody_behind() -> None:
    """A signal handler that raises, in the thread that signals come to."""
    server = Server()
    server.open.clear()
    together = GroupCommit(server.call, LostError)
    here = get_ident()

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    def interrupted() -> None:
        _until(lambda: bool(together._waiting))
        signal.pthread_kill(here, signal.SIGUSR1)

    before = signal.signal(signal.SIGUSR1, interrupt)
    try:
        with ThreadPoolExecutor() as threads:
            first = threads.submit(together.ask, 2)
            _until(lambda: server.asked == 1)
            sent = threads.submit(interrupted)
            with pytest.raises(KeyboardInterrupt):
                together.ask(3)
            sent.result(60)
            later = threads.submit(together.ask, 4)
            server.open.set()
            assert (first.result(60), later.result(60)) == (4, 16)
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert together.ask(5) == 25


def test_who_is_interrupted_before_they_wait_leaves_nobody_behind(server: Server) -> None:
    class Cut(list[Any]):
        def append(self, one: Any) -> None:
            super().append(one)
            if one.question == 3:
                raise KeyboardInterrupt

    server.open.clear()
    together = GroupCommit(server.call, LostError)
    with ThreadPoolExecutor() as threads:
        first = threads.submit(together.ask, 2)
        _until(lambda: server.asked == 1)
        together._waiting = Cut()
        with pytest.raises(KeyboardInterrupt):
            together.ask(3)
        later = threads.submit(together.ask, 4)
        server.open.set()
        assert (first.result(60), later.result(60)) == (4, 16)
