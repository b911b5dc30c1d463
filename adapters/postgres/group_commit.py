"""Calls that are made at the same time become one call: group commit without a timer.

While one call is under way, what is asked meanwhile waits together and leaves with the next one,
which starts when the first has returned. A lone caller waits for nobody; a crowd shares one round
trip and one flush to disk. The busier it is, the larger the groups.

A call that fails is all or nothing, and one question that cannot be answered must not harm the
others: they are asked once more, each alone. Not so after an error that is `final`, such as a lost
server, which is everybody's.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from threading import Lock
from typing import Generic, TypeVar

Q = TypeVar("Q")
A = TypeVar("A")

MOST = 256
"""Requests in one call: it bounds the memory of a call, and how long its last request waits."""

FULL = 32
"""Requests of an event loop in one call. More would cost hardly less each."""

CALLS = 2
"""Calls of an event loop that are under way at a time."""


class _Waiting(Generic[Q, A]):
    """One thread's question. Its gate opens when it is answered, or when it is to lead."""

    __slots__ = ("answer", "error", "gate", "leads", "question")

    def __init__(self, question: Q) -> None:
        self.question = question
        self.answer: A
        self.error: BaseException | None = None
        self.leads = False
        self.gate = Lock()
        self.gate.acquire()


class GroupCommit(Generic[Q, A]):
    """For threads: the first to come leads, which is to say that it makes the call for all.

    When its call has returned it answers those it led, and hands over to the first of those who
    came meanwhile.
    """

    def __init__(
        self,
        call: Callable[[Sequence[Q]], Sequence[A]],
        final: type[Exception],
        most: int = MOST,
    ) -> None:
        """`call` takes up to `most` questions and gives an answer to each, in their order."""
        self._call = call
        self._final = final
        self._most = most
        self._lock = Lock()
        self._led = False
        self._waiting: list[_Waiting[Q, A]] = []

    def ask(self, question: Q) -> A:
        """The answer to `question`. Raises what the call raises."""
        mine: _Waiting[Q, A] = _Waiting(question)
        try:
            with self._lock:
                self._waiting.append(mine)
                mine.leads = not self._led
                self._led = True
            if not mine.leads:
                mine.gate.acquire()
        except BaseException:  # a signal: whoever waits behind must not wait for this one
            self._leave(mine)
            raise
        if mine.leads:
            self._lead()
        if mine.error is not None:
            raise mine.error
        return mine.answer

    def _leave(self, mine: _Waiting[Q, A]) -> None:
        """Ask no more; if it was made the leader by now, it leads once."""
        with self._lock:
            if not mine.leads and mine in self._waiting:
                self._waiting.remove(mine)
        if mine.leads:
            self._lead()

    def _lead(self) -> None:
        with self._lock:
            group, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
        try:
            self._settle(group)
        except BaseException as error:
            for one in group:
                one.error = error
            raise
        finally:
            with self._lock:
                heir = self._waiting[0] if self._waiting else None
                self._led = heir is not None
                if heir is not None:
                    heir.leads = True
            if heir is not None:
                heir.gate.release()
            for one in group:
                if not one.leads:
                    one.gate.release()

    def _settle(self, group: Sequence[_Waiting[Q, A]]) -> None:
        """Give everybody an answer or an error."""
        try:
            self._answer(group)
        except self._final as error:
            for one in group:
                one.error = error
        except Exception:  # noqa: BLE001 - who is at fault hears of it
            self._one_by_one(group)

    def _one_by_one(self, group: Sequence[_Waiting[Q, A]]) -> None:
        for n, one in enumerate(group):
            try:
                self._answer([one])
            except self._final as error:
                for left in group[n:]:
                    left.error = error
                return
            except Exception as error:  # noqa: BLE001 - raised by the one who asked
                one.error = error

    def _answer(self, group: Sequence[_Waiting[Q, A]]) -> None:
        answers = self._call([one.question for one in group])
        for one, answer in zip(group, answers, strict=True):
            one.answer = answer


class AsyncGroupCommit(Generic[Q, A]):
    """For coroutines of one event loop: a task makes the calls for as long as there are any.

    A group that is full leaves beside the call that is under way: nothing more can join it, and
    the server has its next work in hand when it ends the last. (Threads gain nothing by that: they
    would only get in each other's way.)
    """

    def __init__(
        self,
        call: Callable[[Sequence[Q]], Awaitable[Sequence[A]]],
        final: type[Exception],
        most: int = FULL,
    ) -> None:
        """`call` takes up to `most` questions and gives an answer to each, in their order."""
        self._call = call
        self._final = final
        self._most = most
        self._waiting: list[tuple[Q, asyncio.Future[A]]] = []
        self._under_way = 0
        self._senders: set[asyncio.Task[None]] = set()

    async def ask(self, question: Q) -> A:
        """The answer to `question`. Raises what the call raises.

        A caller that is cancelled leaves its question behind: it is asked all the same.
        """
        future: asyncio.Future[A] = asyncio.get_running_loop().create_future()
        self._waiting.append((question, future))
        if self._may_leave(self._under_way):
            self._under_way += 1
            sender = asyncio.create_task(self._send())
            self._senders.add(sender)  # nobody else keeps it
            sender.add_done_callback(self._senders.discard)
        return await future

    def _may_leave(self, under_way: int) -> bool:
        """Whether a group may leave beside so many calls."""
        if under_way == 0:
            return bool(self._waiting)
        return under_way < CALLS and len(self._waiting) >= self._most

    async def _send(self) -> None:
        try:
            while self._may_leave(self._under_way - 1):
                group, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
                try:
                    await self._settle(group)
                except BaseException as error:
                    _fail(group, error)
                    raise
        finally:
            self._under_way -= 1

    async def _settle(self, group: Sequence[tuple[Q, asyncio.Future[A]]]) -> None:
        """Give everybody an answer or an error."""
        try:
            await self._answer(group)
        except self._final as error:
            _fail(group, error)
        except Exception:  # noqa: BLE001 - who is at fault hears of it
            await self._one_by_one(group)

    async def _one_by_one(self, group: Sequence[tuple[Q, asyncio.Future[A]]]) -> None:
        for n, one in enumerate(group):
            try:
                await self._answer([one])
            except self._final as error:
                _fail(group[n:], error)
                return
            except Exception as error:  # noqa: BLE001 - raised by the one who asked
                _fail([one], error)

    async def _answer(self, group: Sequence[tuple[Q, asyncio.Future[A]]]) -> None:
        answers = await self._call([question for question, _ in group])
        for (_, future), answer in zip(group, answers, strict=True):
            if not future.done():  # its caller may have been cancelled
                future.set_result(answer)


def _fail(group: Sequence[tuple[Q, "asyncio.Future[A]"]], error: BaseException) -> None:
    for _, future in group:
        if not future.done():
            future.set_exception(error)
