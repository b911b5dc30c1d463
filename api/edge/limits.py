"""Token buckets: a steady rate with some room for bursts, per caller, in this process' memory."""

import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

_KEPT = 50_000


class Buckets:
    """`per_minute` requests on average and as many at once as a quarter of that; 0: no limit."""

    def __init__(self, per_minute: int, now: Callable[[], float] = time.monotonic) -> None:
        self._rate = per_minute / 60
        self._size = max(per_minute / 4, 1.0)
        self._now = now
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def take(self, caller: str, cost: int = 1) -> float:
        """Take so many; 0.0 when they were there, else the seconds until they will be.

        What costs more than all there can be takes all.
        """
        if not self._rate:
            return 0.0
        needed = min(float(cost), self._size)
        now = self._now()
        with self._lock:
            level, since = self._levels.get(caller, (self._size, now))
            level = min(self._size, level + (now - since) * self._rate)
            wait = 0.0 if level >= needed else (needed - level) / self._rate
            self._levels[caller] = (level if wait else level - needed, now)
            self._levels.move_to_end(caller)
            if len(self._levels) > _KEPT:
                self._levels.popitem(last=False)
        return wait
