"""Clients of several APIs: each command is asked until it is answered, wherever that is."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from random import Random
from threading import Event as Flag
from threading import Thread
from typing import Any
from uuid import UUID

import httpx

from tests.crash.traffic import Asked, mixed
from tests.rig.history import Event, Journal, Outcome

PATIENCE = 60.0
"""Seconds until a command that nobody answers is given up."""

TICKETS = 8
"""That all clients write to, besides those they open."""

_AGAIN = 0.1  # seconds


class Caller:
    """One client, with a journal. It goes from API to API when one does not answer."""

    def __init__(self, apis: Sequence[str], token: str, workspace: str, journal: Journal) -> None:
        self.attempts = 0
        self.answered = 0
        self._headers = {"Authorization": f"Bearer {token}", "If-Match": "*"}
        self._apis = [f"{api}/api/v1" for api in apis]
        self._workspace = workspace
        self._journal = journal

    def ask(self, command: Asked) -> Any:
        """Until it is answered; None when it is refused, or nobody answers in time."""
        deadline = time.monotonic() + PATIENCE
        with httpx.Client(headers=self._headers, timeout=10) as client:
            while time.monotonic() < deadline:
                self.attempts += 1
                key = UUID(command.key)
                number = self._journal.ask_there(self._workspace, key, command.key)
                try:
                    answer = client.post(
                        self._apis[0] + command.path,
                        json=command.body,
                        headers={"Idempotency-Key": command.key},
                    )
                except httpx.TransportError as error:
                    self._journal.hear(number, Outcome.UNKNOWN, reason=repr(error))
                    self._elsewhere()
                    continue
                if answer.status_code < 300:
                    said = answer.json()
                    self._journal.hear(
                        number,
                        Outcome.ACKNOWLEDGED,
                        events=tuple(self._events(command, key, said)),
                    )
                    self.answered += 1
                    return said
                reason = f"{answer.status_code} {answer.text}"[:300]
                if answer.status_code < 500:
                    self._journal.hear(number, Outcome.FAILED, reason=reason)
                    return None
                self._journal.hear(number, Outcome.UNKNOWN, reason=reason)
                self._elsewhere()
        self._journal.hear(number, Outcome.FAILED, reason="nobody answers")
        return None

    def _elsewhere(self) -> None:
        self._apis.append(self._apis.pop(0))
        time.sleep(_AGAIN)

    def _events(self, command: Asked, key: UUID, said: Any) -> Iterator[Event]:
        kind = command.path.split("/")[1].removesuffix("s")
        for event in said["events"]:
            yield Event(
                lane=-1,
                position=0,
                workspace=self._workspace,
                stream=f"{kind}:{said['id']}",
                version=event["version"],
                what="",
                command_id=key,
            )


def furnished(caller: Caller, random: Random) -> list[str]:
    """A desk to work on: ids of its tickets."""

    def post(path: str, body: dict[str, str]) -> Any:
        said = caller.ask(Asked(key=_key(random), path=path, body=body))
        assert said is not None, path
        return said

    post("/requesters", {"requester": "mina", "display_name": "Mina"})
    for agent in ("kim", "lee"):
        post("/agents", {"agent": agent, "display_name": agent})
    return [
        post("/tickets", {"requester": "mina", "subject": f"Shared {n}"})["id"]
        for n in range(TICKETS)
    ]


@contextmanager
def load(callers: Sequence[Caller], tickets: Sequence[str], random: Random) -> Iterator[None]:
    """All of them ask one command after the other while the block runs, and finish what they do."""
    done = Flag()
    threads = [
        Thread(
            target=_work, args=(caller, _commands(tickets, Random(random.random())), done.is_set)
        )
        for caller in callers
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        done.set()
        for thread in threads:
            thread.join()


PACE = 0.05
"""Seconds between the commands of a client: there shall be room for those that are killed."""


def _work(caller: Caller, commands: Iterator[Asked], done: Callable[[], bool]) -> None:
    while not done():
        caller.ask(next(commands))
        time.sleep(PACE)


def _commands(tickets: Sequence[str], random: Random) -> Iterator[Asked]:
    while True:
        yield from mixed(50, tickets, random)


def _key(random: Random) -> str:
    return str(UUID(int=random.getrandbits(128), version=4))
