"""Turns due instants of clocks into events, exactly once; the cost is that of what comes due."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Event

import structlog

from commands.envelope import Request
from commands.handle import Handler
from commands.ports import Clock, StoreUnavailable, VersionConflict
from commands.reactions.announce_clocks import DueClock, DueClocks, request
from domain.errors import Refused
from domain.ids import SLA_BOOK, CommandId, PolicyId, TicketId, WorkspaceId
from domain.position import Position
from domain.sla.policy import ClockName
from domain.ticket.events import SlaBreached, SlaEscalated, SlaWarningRaised
from projections import sla_board
from projections.ports import Reader, Unavailable

log = structlog.get_logger("watcher")

TICK = 0.25
"""Seconds between looks at how far the board is: a clock that began meanwhile may be due first."""

RECHECK = 1.0
"""Seconds after which every workspace is asked again, whether or not the board has moved."""

AT_ONCE = 500
"""Requests of one workspace in one round; the next round takes the rest."""

HANDS = 8
"""Requests under way at the same time: the log takes them together."""

PATIENCE = timedelta(seconds=30)
"""For the board to show what was asked for; then it is asked for again, under the same id."""

_PAST = 0.001
"""Seconds after an instant: what happens at the instant itself comes first."""

BACK_OFF = 2.0
"""Seconds after a round that failed; the usual reason is a database that restarts."""


class DueByBoard:
    """commands.reactions.announce_clocks.DueClocks by the rows of the SLA board."""

    def __init__(self, reader: Callable[[WorkspaceId], Reader]) -> None:
        self._reader = reader

    def due(self, workspace: WorkspaceId, now: datetime, limit: int) -> Sequence[DueClock]:
        """Clocks with something to be announced before `now`."""
        return [
            DueClock(
                ticket=TicketId(found.ticket),
                version=found.version,
                clock=ClockName(found.clock),
                instance=found.instance,
                policy=PolicyId(found.policy),
                policy_version=found.policy_version,
                watch_at=found.watch_at,
            )
            for found in sla_board.due_clocks(self._reader(workspace), now, limit)
        ]

    def next_at(self, workspace: WorkspaceId, since: datetime | None = None) -> datetime | None:
        """When the next clock has something to be announced."""
        return sla_board.next_due(self._reader(workspace), since)


class Watcher:
    """Several may run, in any number of processes: each thing is written down once.

    `reached` tells how far the board is: while it stands still and nothing is due, nobody is
    asked. `run` belongs to one thread.
    """

    def __init__(
        self,
        handler: Handler,
        clock: Clock,
        clocks: DueClocks,
        workspaces: Callable[[], Iterable[WorkspaceId]],
        reached: Callable[[], Position | None],
        *,
        late: Callable[[float], None] = lambda _: None,
    ) -> None:
        """`late` hears of everything that was written, and how many seconds after its instant."""
        self._handler = handler
        self._clock = clock
        self._clocks = clocks
        self._workspaces = workspaces
        self._reached = reached
        self._late = late
        self._position: Position | None = None
        self._looked_at: datetime | None = None
        self._next: dict[WorkspaceId, datetime | None] = {}
        self._asked: dict[CommandId, datetime] = {}

    def run(self, stop: Event) -> None:
        """Watch until `stop` is set. Never raises: it waits and goes on."""
        with ThreadPoolExecutor(HANDS, thread_name_prefix="watcher") as hands:
            while not stop.is_set():
                try:
                    pause = self._pause() if self.round(hands) == 0 else 0.0
                except (StoreUnavailable, Unavailable) as error:
                    log.warning("the clocks wait for the database", error=str(error))
                    pause = BACK_OFF
                except Exception:
                    log.exception("a round failed, the next one is tried")
                    pause = BACK_OFF
                stop.wait(pause)

    def round(self, hands: ThreadPoolExecutor) -> int:
        """Write down what is due now; how many clocks were asked about.

        Raises StoreUnavailable and Unavailable.
        """
        now = self._clock.now()
        self._look(now)
        asked = 0
        for workspace, at in list(self._next.items()):
            if at is not None and at < now:
                asked += self._take(workspace, now, hands)
        return asked

    def _look(self, now: datetime) -> None:
        """Ask each workspace for its next instant, if that may have changed."""
        position = self._reached()
        stale = self._looked_at is None or (now - self._looked_at).total_seconds() >= RECHECK
        if position == self._position and not stale:
            return
        self._next = {name: self._clocks.next_at(name) for name in self._workspaces()}
        self._position, self._looked_at = position, now

    def _take(self, workspace: WorkspaceId, now: datetime, hands: ThreadPoolExecutor) -> int:
        self._asked = {name: at for name, at in self._asked.items() if now - at < PATIENCE}
        book = self._handler.states.load(workspace, SLA_BOOK).state
        limit = AT_ONCE + len(self._asked)
        found = self._clocks.due(workspace, now, limit)
        requests = [request(workspace, due, book) for due in found]
        new = [asked for asked in requests if asked.command_id not in self._asked]
        self._asked |= dict.fromkeys((asked.command_id for asked in new), now)
        for _ in hands.map(self._handle, new):
            pass
        if len(found) < limit:
            # The board has yet to show what was done; until then that is in nobody's way.
            self._next[workspace] = self._clocks.next_at(workspace, now)
        return len(new)

    def _handle(self, asked: Request) -> None:
        try:
            outcome = self._handler.handle(asked)
        except (Refused, VersionConflict) as refusal:
            log.debug("overtaken", because=str(refusal))
            return
        except BaseException:
            self._asked.pop(asked.command_id, None)
            raise
        for recorded in () if outcome.repeated else outcome.events:
            if isinstance(recorded.event, SlaWarningRaised | SlaBreached | SlaEscalated):
                self._late((recorded.recorded_at - recorded.occurred_at).total_seconds())

    def _pause(self) -> float:
        """Seconds until something is due, or until it is time for a look."""
        now = self._clock.now()
        ahead = [(at - now).total_seconds() for at in self._next.values() if at is not None]
        return max(0.0, min([TICK, *(seconds + _PAST for seconds in ahead)]))
