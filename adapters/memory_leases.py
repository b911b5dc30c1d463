"""Leases of projection work in memory, under a clock that the caller gives."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from threading import Lock
from uuid import uuid4

from projections.lease_ports import Holding, Lease, Work
from projections.sharing import LEASE, spread


@dataclass(slots=True)
class _Held:
    lease: Lease
    worker: str
    since: float
    until: float
    given_back: bool = False


class MemoryLedger:
    """What all workers on one row store know of each other."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.lock = Lock()
        self.workers: dict[str, tuple[Collection[Work], float]] = {}
        self.held: dict[Work, _Held] = {}

    def is_current(self, work: Work, lease: Lease) -> bool:
        """Whether nobody has had this work since that lease."""
        held = self.held.get(work)
        return held is not None and held.lease == lease and not held.given_back


class MemoryLeases:
    """projections.ports.Leases for one worker."""

    def __init__(self, ledger: MemoryLedger, worker: str, seconds: float = LEASE) -> None:
        """`worker` is its name for people; a lease lasts `seconds` of the ledger's clock."""
        self._ledger = ledger
        self._worker = worker
        self._seconds = seconds
        self._session = str(uuid4())

    def share(self, wanted: Collection[Work]) -> Mapping[Work, Lease]:
        """One round: what is this worker's now."""
        ledger, me = self._ledger, self._session
        with ledger.lock:
            now = ledger.clock()
            until = now + self._seconds
            for session, (_, end) in [*ledger.workers.items()]:
                if end < now:
                    del ledger.workers[session]
            ledger.workers[me] = (tuple(wanted), until)
            holders = {
                work: held.lease.session
                for work, held in ledger.held.items()
                if not held.given_back and (held.lease.session == me or held.until > now)
            }
            due = spread({name: wants for name, (wants, _) in ledger.workers.items()}, holders)
            mine = [w for w, name in due.items() if name == me and holders.get(w, me) == me]
            self._give_back(keep=mine)
            for work in mine:
                held = ledger.held.get(work)
                if held is None or held.lease.session != me or held.given_back:
                    fence = 1 if held is None else held.lease.fence + 1
                    lease = Lease(session=me, fence=fence)
                    ledger.held[work] = _Held(lease, self._worker, now, until)
                else:
                    held.until = until
            return {work: ledger.held[work].lease for work in mine}

    def leave(self) -> None:
        """Give everything back."""
        with self._ledger.lock:
            self._ledger.workers.pop(self._session, None)
            self._give_back(keep=())

    def holdings(self) -> list[Holding]:
        """All leases."""
        with self._ledger.lock:
            now = self._ledger.clock()
            return [
                Holding(
                    projection=name,
                    version=version,
                    lane=lane,
                    worker=held.worker,
                    fence=held.lease.fence,
                    age=now - held.since,
                    left=held.until - now,
                )
                for (name, version, lane), held in sorted(self._ledger.held.items())
                if not held.given_back
            ]

    def _give_back(self, keep: Collection[Work]) -> None:
        for work, held in self._ledger.held.items():
            if held.lease.session == self._session and work not in keep:
                held.given_back = True
