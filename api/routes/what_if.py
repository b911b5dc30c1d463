"""What-if: the past under other calendars and policies, without touching what is kept of it.

A comparison takes seconds to minutes, so its answer is a stream of lines (NDJSON): how far it is,
and at last the outcome. Who hangs up stops it.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Annotated, Any

import structlog
from fastapi import APIRouter
from pydantic import AfterValidator, Field, StringConstraints
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from api.answers import PRIVATE, Answer, dump
from api.bodies import Body
from api.problems import Problem, document
from api.reading import Instant, Reading, SeesKpi
from api.routes.sla import explained
from api.routes.tickets import TicketRef
from api.routing import strict_router
from api.shapes.naming import LINES, answers, streams
from api.shapes.what_if import OutcomeLine, ProblemLine, ProgressLine, TicketWhatIf
from api.supposing import Changes, supposed
from api.text import clean
from domain.ids import ticket_stream
from projections.what_if import (
    DIMENSIONS,
    Comparison,
    Period,
    Question,
    Stopped,
    TooMuch,
    WrongQuestion,
    as_if,
    question,
)

router: APIRouter = strict_router("what-if")

MOST_EVENTS = 20_000_000
"""Of one comparison: some twenty minutes of all cores. The command line has no such limit."""

MOST_NAMED = 10_000
"""Tickets that can be paged through, of each kind."""

_at_once = threading.BoundedSemaphore(1)
"""One comparison per process: it takes all cores for as long as it runs."""

_log = structlog.get_logger("what-if")

Word = Annotated[str, StringConstraints(min_length=1, max_length=300), AfterValidator(clean)]
Line = dict[str, Any]


class WhatIfBody(Body):
    """What would have been otherwise, and over which period."""

    start: Instant = Field(
        alias="from",
        description="Begin of the period.",
        examples=["2026-01-01T00:00:00Z"],
    )
    until: Instant | None = Field(
        default=None,
        description="End of the period, excluded; now unless given.",
        examples=["2026-04-01T00:00:00Z"],
    )
    changes: Changes
    by: list[Word] = Field(
        default=[],
        max_length=10,
        description=f"Dimensions to split by, each by itself: {', '.join(DIMENSIONS)}, field:NAME.",
        examples=[["priority", "queue"]],
    )
    skip: int = Field(
        default=0,
        ge=0,
        le=MOST_NAMED,
        description="Clocks that moved and were named before; each page is a run of its own.",
        examples=[0],
    )
    limit: int = Field(
        default=100,
        ge=0,
        le=MOST_NAMED,
        description="Most clocks to name of those that newly breached, and of those saved.",
        examples=[100],
    )


class TicketWhatIfBody(Body):
    """What would have been otherwise for one ticket."""

    changes: Changes
    as_of: Instant | None = Field(
        default=None,
        description="The instant at which its clocks are looked at; now unless given.",
        examples=["2026-04-01T00:00:00Z"],
    )


@router.post(
    "/what-if/sla",
    summary="Attainment under other calendars and policies",
    responses=streams(
        ProgressLine,
        OutcomeLine,
        ProblemLine,
        media_type=LINES,
        description="Lines of JSON: `progress` any number of times, then `outcome`; or `problem`, "
        "when it failed on the way.",
    ),
    response_class=StreamingResponse,
)
async def compare_sla(reading: SeesKpi, asked: WhatIfBody) -> StreamingResponse:
    """Judges the tickets of a period by what was in force, and by what would have been.

    The changed calendars and policies are taken as if they had always been so. Nothing is written.
    A ticket counts with each clock that was decided, cancelled or still running in the period.
    """
    wanted = await run_in_threadpool(_question, reading, asked)
    if not _at_once.acquire(blocking=False):
        raise Problem(
            "too-many-requests",
            "Another comparison is running; it takes all that this machine can do.",
            headers={"Retry-After": "30"},
        )
    run = _Run(reading, wanted, lambda done: done.told(wanted.by, asked.skip, asked.limit))
    try:
        first = await run.next()
    except BaseException:
        run.stop()
        raise
    if isinstance(first.get("problem"), Problem):
        raise first["problem"]
    return StreamingResponse(run.lines(first), media_type=LINES, headers=PRIVATE)


@router.post(
    "/what-if/sla/tickets/{ticket}",
    summary="One ticket under other policies, explained",
    responses=answers(TicketWhatIf),
)
def compare_sla_of_ticket(reading: SeesKpi, ticket: TicketRef, asked: TicketWhatIfBody) -> Answer:
    """Its clocks `before` and `after`, each with the explanation down to its events."""
    ident, _ = reading.ticket(ticket)
    now = reading.services.clock.now()
    instant = asked.as_of or now
    book = reading.book()
    after = as_if(book, _edits(reading, asked.changes, now), now)
    events = reading.services.store.load(reading.principal.workspace, ticket_stream(ident))
    return Answer(
        {
            "ticket": ident,
            "as_of": instant,
            "before": explained(reading, events, book, instant),
            "after": explained(reading, events, after, instant),
        },
        200,
        PRIVATE,
    )


def _question(reading: Reading, asked: WhatIfBody) -> Question:
    now = reading.services.clock.now()
    edits = _edits(reading, asked.changes, now)
    period = Period(start=asked.start, end=asked.until or now)
    keep = asked.skip + asked.limit
    try:
        return question(reading.book(), edits, period, now, by=asked.by, keep=keep)
    except WrongQuestion as wrong:
        fault = {
            "in": "body",
            "field": wrong.field,
            "message": str(wrong),
            "what_to_do": "Ask for that.",
        }
        raise Problem("invalid", str(wrong), errors=[fault]) from None


def _edits(reading: Reading, changes: Changes, now: datetime) -> list[Any]:
    principal, states = reading.principal, reading.services.handler.states
    return supposed(changes, reading.book(), states, principal.workspace, principal.actor, now)


class _Run:
    """A comparison in a thread of its own; lines about it in the event loop that it was made in."""

    def __init__(
        self, reading: Reading, wanted: Question, told: Callable[[Any], Comparison]
    ) -> None:
        self._reading = reading
        self._wanted = wanted
        self._told = told
        self._stopped = threading.Event()
        self._loop = asyncio.get_running_loop()
        self._lines: asyncio.Queue[Line] = asyncio.Queue()
        threading.Thread(target=self._work, name="what-if", daemon=True).start()

    async def next(self) -> Line:
        return await self._lines.get()

    def stop(self) -> None:
        """Let it end with the range of tickets that it is at."""
        self._stopped.set()

    async def lines(self, first: Line) -> AsyncIterator[bytes]:
        """All that it says. Whoever does not read on any more stops it."""
        line = first
        try:
            while True:
                if isinstance(line.get("problem"), Problem):
                    line = {"problem": _as_document(line["problem"])}
                yield dump(line) + b"\n"
                if "progress" not in line:
                    return
                line = await self.next()
        finally:
            self.stop()

    def _work(self) -> None:
        try:
            self._say({"outcome": self._told(self._compare())})
        except Stopped:
            self._say({"problem": Problem("unavailable", "It was stopped.")})
        except TooMuch as error:
            fault = {
                "in": "body",
                "field": "changes",
                "message": str(error),
                "what_to_do": "Run it there.",
            }
            self._say({"problem": Problem("invalid", str(error), errors=[fault])})
        except Exception:  # noqa: BLE001 - whatever it is, the reader is told
            _log.exception("a comparison failed")
            detail = "The comparison failed on the way. Nothing was changed; try again."
            self._say({"problem": Problem("unavailable", detail)})
        finally:
            _at_once.release()

    def _compare(self) -> Any:
        return self._reading.services.histories(MOST_EVENTS).compare(
            self._reading.principal.workspace,
            self._wanted,
            lambda done, total: self._say({"progress": {"done": done, "total": total}}),
            self._stopped.is_set,
        )

    def _say(self, line: Line) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._lines.put_nowait, line)


def _as_document(problem: Problem) -> dict[str, Any]:
    return document(problem.code, problem.detail, "/api/v1/what-if/sla", "", **problem.details)
