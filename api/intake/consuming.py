"""Takes in what other systems leave at an inbox: each report once, and none is lost.

A batch is done when every report of it is in the log, or safe among the dead letters with the
reason. Only then does the inbox hear of it: after a crash at any point the batch is taken again,
and what was taken in is recognised by its name. Reports of one conversation are taken in one after
the other, those of different ones at once.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from threading import Event

import structlog

from api.intake.arrivals import Unfit, report_in, take
from api.intake.ports import Takes
from api.intake.reports import Report
from api.intake.trust import NotTrusted
from commands.intake_ports import DeadLetters, Delivery, Inbox, Member, Reason, Refused
from commands.ports import Clock, LanesChanged, StoreUnavailable, VersionConflict
from domain.access import Principal
from projections.ports import Unavailable
from projections.progress import nobody
from projections.publish_ports import TopicUnavailable, TopicUnusable

THREADS = 16
"""Conversations that are worked on at once: they share the log's commits."""

WAIT = 0.5
"""Seconds to wait for deliveries before looking whether to stop."""

SHORT = 0.3
"""Seconds after which a batch counts as long, and the inbox hears that we are still there."""

BACK_OFF = (0.1, 0.2, 0.5, 1.0, 2.0)
"""Seconds to wait after the first, second ... failure in a row; the last one repeats."""

TRIES = 4
"""Of a report that fails for no reason that we know: then it is put aside, and others go on."""

_PASSING = (StoreUnavailable, Unavailable, LanesChanged, VersionConflict)
"""What passes by itself: the report waits for it."""

log = structlog.get_logger("intake")


class _Stopped(Exception):
    """It is to end, and the report at hand is left to whoever comes next."""


class Consumer:
    """Several may run, in any number of processes: the inbox deals out what there is."""

    def __init__(
        self,
        inbox: Inbox,
        letters: DeadLetters,
        takes: Takes,
        who: Callable[[], Principal],
        clock: Clock,
        *,
        threads: int = THREADS,
    ) -> None:
        """`who` tells in whose name reports are handed in now; see api.intake.trust."""
        self._inbox = inbox
        self._letters = letters
        self._takes = takes
        self._trusted = who
        self._clock = clock
        self._threads = threads

    @property
    def inbox(self) -> Inbox:
        """Where reports are taken from."""
        return self._inbox

    @property
    def letters(self) -> DeadLetters:
        """Where those are put that are refused."""
        return self._letters

    def who(self) -> Principal:
        """In whose name reports are handed in now. Raises NotTrusted, StoreUnavailable."""
        return self._trusted()

    def run(self, stop: Event, beat: Callable[[], None] = nobody) -> None:
        """See api.intake.ports.Consumes."""
        self.who()
        failures = 0
        while not stop.is_set():
            try:
                self._inbox.prepare()
                self._letters.prepare()
                with self._inbox.open() as member, ThreadPoolExecutor(self._threads) as pool:
                    while not stop.is_set():
                        deliveries = member.take(WAIT)
                        if deliveries:
                            self._batch(member, pool, deliveries, stop)
                        failures = 0
                        beat()
            except _Stopped:
                break
            except TopicUnusable:
                raise
            except Exception as error:  # noqa: BLE001 - whatever it was, reports must be taken in
                _wait("intake waits", error, failures, stop)
                failures += 1
        self._letters.close()

    def _batch(
        self, member: Member, pool: ThreadPoolExecutor, deliveries: Sequence[Delivery], stop: Event
    ) -> None:
        """Take in, or put aside, each of them. Raises _Stopped, and then it is not done."""
        who = self._wait_for_trust(member, stop)
        begun = time.monotonic()
        talks: dict[tuple[str, str], list[tuple[Delivery, Report]]] = {}
        refused: list[Refused] = []
        for delivery in deliveries:
            try:
                report = report_in(delivery)
            except Unfit as unfit:
                refused.append((delivery, unfit.reason))
            else:
                talk = (report.source, report.conversation or report.external_id)
                talks.setdefault(talk, []).append((delivery, report))
        working = [pool.submit(self._talk, who, talk, stop) for talk in talks.values()]
        for ended in _ended(working, member):
            refused += ended.result()
        refused.sort(key=lambda one: (one[0].partition, one[0].offset))
        for delivery, reason in refused:
            log.warning(
                "a report was refused",
                reason=reason.code,
                field=reason.field,
                partition=delivery.partition,
                offset=delivery.offset,
            )
        if refused:
            self._letters.put(refused, self._clock.now())
        member.done(deliveries)
        log.debug(
            "reports were taken in",
            taken=len(deliveries) - len(refused),
            refused=len(refused),
            seconds=round(time.monotonic() - begun, 3),
        )

    def _talk(
        self, who: Principal, talk: Iterable[tuple[Delivery, Report]], stop: Event
    ) -> list[Refused]:
        """Take in what was said in one conversation, in its order; what is refused of it."""
        refused: list[Refused] = []
        for delivery, report in talk:
            try:
                self._take(who, report, stop)
            except Unfit as unfit:
                refused.append((delivery, unfit.reason))
        return refused

    def _take(self, who: Principal, report: Report, stop: Event) -> None:
        """Take it in, whatever is away meanwhile. Raises Unfit, _Stopped."""
        failures = unknown = 0
        while not stop.is_set():
            try:
                take(self._takes, who, report)
            except Unfit:
                raise
            except _PASSING as error:
                _wait("a report waits", error, failures, stop)
            except Exception as error:
                unknown += 1
                if unknown == TRIES:
                    log.exception("a report failed again and again")
                    raise Unfit(_at_fault(error)) from error
                _wait("a report waits", error, failures, stop)
            else:
                return
            failures += 1
        raise _Stopped

    def _wait_for_trust(self, member: Member, stop: Event) -> Principal:
        """In whose name. A token that ended is waited for: nothing is lost meanwhile."""
        failures = 0
        while not stop.is_set():
            try:
                return self.who()
            except (NotTrusted, StoreUnavailable) as error:
                _wait("intake waits", error, failures, stop)
                failures += 1
                member.stay()
        raise _Stopped


def _ended(
    working: Sequence["Future[list[Refused]]"], member: Member
) -> Sequence["Future[list[Refused]]"]:
    """All of them, when they have ended; the inbox hears of us while that takes long."""
    left = wait(working, timeout=SHORT).not_done
    while left:
        # What fails here is told by the inbox when it hears that they are done.
        with suppress(TopicUnavailable):
            member.stay()
        left = wait(left, timeout=SHORT).not_done
    return working


def _at_fault(error: Exception) -> Reason:
    return Reason(
        code="internal",
        message=f"It failed {TRIES} times: {type(error).__name__}. The log of this program has it.",
        what_to_do="Replay it when the cause is mended.",
    )


def _wait(what: str, error: Exception, failures: int, stop: Event) -> None:
    """Wait after a failure, longer after each in a row; the first of a row is a warning."""
    pause = BACK_OFF[min(failures, len(BACK_OFF) - 1)]
    tell = log.info if failures else log.warning
    tell(what, seconds=pause, error=str(error) or type(error).__name__)
    stop.wait(pause)
