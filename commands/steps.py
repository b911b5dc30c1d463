"""One description of work that asks for outside things, run with blocking or with awaited answers.

A step is a function of the ports. The work yields it and is sent its answer, or has its error
thrown in; so the rules of handling a command are written once, for threads and for an event loop.
"""

from collections.abc import Awaitable, Callable, Generator
from typing import Any, TypeAlias, TypeVar

from commands.ports import AsyncPorts, Ports

T = TypeVar("T")

Step: TypeAlias = Callable[[Any], Any]
Steps: TypeAlias = Generator[Step, Any, T]


def run(work: Steps[T], ports: Ports) -> T:
    """Do the work in this thread; what it returns or raises."""
    try:
        step = next(work)
        while True:
            try:
                answer = step(ports)
            except Exception as error:  # noqa: BLE001 - the work decides what an error means
                step = work.throw(error)
            else:
                step = work.send(answer)
    except StopIteration as done:
        result: T = done.value
        return result


async def run_async(work: Steps[T], ports: AsyncPorts) -> T:
    """Do the work in this event loop; what it returns or raises."""
    try:
        step: Callable[[Any], Awaitable[Any]] = next(work)
        while True:
            try:
                answer = await step(ports)
            except Exception as error:  # noqa: BLE001 - the work decides what an error means
                step = work.throw(error)
            else:
                step = work.send(answer)
    except StopIteration as done:
        result: T = done.value
        return result
