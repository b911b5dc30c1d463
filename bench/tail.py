"""A reader at the end of a log, in a process of its own: `python -m bench.tail ours|stock URL`.

It says `ready`, then for each event a line with its position and the instant when it was seen, by
the clock that all processes of a machine share, in nanoseconds. It ends when its input does.
"""

import sys
import threading
import time
from collections.abc import Iterator

from adapters.postgres.bell import Bell
from adapters.postgres.pool import open_pool
from adapters.postgres.store import PostgresStore
from bench.yardsticks.stock import recorder
from domain.position import Position

_PAGE = 500
_WAIT = 1.0  # seconds


def main() -> None:
    """Follow the log that the arguments name."""
    kind, url = sys.argv[1:]
    positions = _ours(url) if kind == "ours" else _stock(url)
    threading.Thread(target=_read, args=[positions], daemon=True).start()
    sys.stdin.read()


def _read(positions: Iterator[int]) -> None:
    for position in positions:
        print(position, time.monotonic_ns(), flush=True)


def _ours(url: str) -> Iterator[int]:
    """Positions as projections.ports.Feed gives them to a worker."""
    with open_pool(url, 2) as pool, Bell(url) as bell:
        store = PostgresStore(pool, bell)
        reached = store.head()
        print("ready", flush=True)
        while True:
            before = reached
            for lane, position in before.lanes:
                for event in store.page(lane, position, _PAGE):
                    yield event.position
                    reached = reached.joined(Position.of({lane: event.position}))
            if reached == before:
                store.wait(reached, _WAIT)


def _stock(url: str) -> Iterator[int]:
    with recorder(url, 2) as opened, opened.subscribe(gt=opened.max_notification_id()) as events:
        print("ready", flush=True)
        for notification in events:
            yield notification.id


if __name__ == "__main__":
    main()
