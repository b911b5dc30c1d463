"""The one handler for all commands: look, decide, append; on a conflict, look again."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from commands import questions
from commands.envelope import Command, Context, Decision, Outcome, Request, TicketNumberNeeded
from commands.fingerprint import fingerprint, former_fingerprint
from commands.imagined import SchemaVersion, first_version, imagined
from commands.overtaken import overtaken_by
from commands.ports import (
    Append,
    Appended,
    AsyncPorts,
    Clock,
    EventStore,
    LanesChanged,
    Loaded,
    NewEvent,
    Numbers,
    Snapshots,
    StreamCheck,
    StreamWrite,
    VersionConflict,
)
from commands.states import Events, States, nothing
from commands.steps import Steps, run, run_async
from domain.errors import CommandIdReused, NotAllowed, NotFound, Refused, StepRefused
from domain.happened import Happened
from domain.ids import DESK_RULES, StreamId, TicketNumber, WorkspaceId, category_of
from domain.record import record
from domain.recorded import Recorded
from domain.states import fold_stream

ATTEMPTS = 20
"""A command that commutes is decided again after each conflict. Twenty writers in a row that
were quicker are not contention but a fault, and the caller hears of it."""


LONGEST_STREAM_ID = 250
"""In characters, the category included."""

_NONE = TicketNumber(0)
"""Of a ticket that is only imagined."""


@record
class _Ports:
    store: EventStore
    numbers: Numbers
    snapshots: Snapshots


class Handler:
    """Turns requests into events. Safe to share between threads.

    `commands` is the table of deciders, by type of command.

    It decides on states from memory where it has them. That can cost another attempt, never a
    wrong answer: the append checks the version of every stream that the decision looked at, and
    nobody is refused before the log has been looked at.
    """

    def __init__(
        self,
        store: EventStore,
        numbers: Numbers,
        clock: Clock,
        commands: Mapping[type[Command], Callable[..., Decision]],
        states: States | None = None,
        *,
        schema_version: SchemaVersion = first_version,
    ) -> None:
        """`schema_version` is what previews say of the events in them."""
        self._clock = clock
        self._commands = commands
        self._schema_version = schema_version
        self.states = states or States(store)
        self._ports = _Ports(store=store, numbers=numbers, snapshots=self.states.snapshots)

    def handle(self, request: Request) -> Outcome:
        """Decide and append; the same command id gives the first answer again.

        Raises a Refused (domain.errors), VersionConflict after many lost races, or
        StoreUnavailable; in the last case repeat the request with the same command id.
        """
        return run(self._work(request), self._ports)

    async def handle_async(self, request: Request, ports: AsyncPorts) -> Outcome:
        """`handle` in an event loop, by ports to the same log."""
        return await run_async(self._work(request), ports)

    async def preview_async(self, request: Request, ports: AsyncPorts) -> Outcome:
        """What `handle_async` would answer now, with the same refusals. Nothing is written.

        A ticket that would be opened has the number 0: it gets one when it is.
        """
        return await run_async(self._preview(request), ports)

    def _preview(self, request: Request) -> Steps[Outcome]:
        _refuse_unspeakable(request)
        digest = fingerprint(request)
        answered = yield from _answered(request, digest)
        if answered is not None:
            return _outcome(answered)
        _, found, what = yield from self._decided(request, digest, fresh=True, number=_NONE)
        foreseen = imagined(what, self._schema_version)
        first = foreseen.stream
        events = (recorded.event for recorded in foreseen.events if recorded.stream == first)
        # The states in memory are those of the log: what is only imagined has no place there.
        return _outcome(foreseen, fold_stream(first, events, found[first].state))

    def _work(self, request: Request) -> Steps[Outcome]:
        _refuse_unspeakable(request)
        digest = fingerprint(request)
        fresh = request.command.needs_history
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return (yield from self._attempt(request, digest, fresh=fresh))
            except VersionConflict as conflict:
                if attempt == ATTEMPTS:
                    raise
                self.states.forget(request.workspace, conflict.stream)
            except LanesChanged:
                if attempt == ATTEMPTS:
                    raise
            except Refused:
                if fresh:
                    # A repeat of what was done may well be refused by now; it gets its first
                    # answer. All other repeats are found by the append.
                    answered = yield from _answered(request, digest)
                    if answered is None:
                        raise
                    return _outcome(answered)
            fresh = True
        raise AssertionError("The last attempt returns or raises.")

    def _attempt(self, request: Request, digest: str, *, fresh: bool) -> Steps[Outcome]:
        epoch, found, what = yield from self._decided(request, digest, fresh=fresh)
        appended = yield questions.append(what)
        return self._learn(epoch, request.workspace, found, appended)

    def _decided(
        self, request: Request, digest: str, *, fresh: bool, number: TicketNumber | None = None
    ) -> Steps[tuple[int, dict[StreamId, Loaded], Append]]:
        """The epoch and the states that were looked at, and what is to be written on them.

        A ticket that is opened gets `number`, or else the next one.
        """
        workspace, command = request.workspace, request.command
        streams = command.writes(request.command_id)
        now = self._clock.now()
        epoch: int = yield questions.epoch(fresh)
        found = yield from self._look(
            request, epoch, [*streams, *command.reads(), DESK_RULES], fresh=fresh
        )
        first = found[streams[0]]
        history: Events = ()
        if command.needs_history:
            history = yield questions.history(workspace, streams[0], 0)
        involved = set(command.involves(first.state, history)) - found.keys()
        if involved:
            found |= yield from self._look(request, epoch, involved, fresh=fresh)
        while further := set(command.leads_to(request.by, _states(found))) - found.keys():
            found |= yield from self._look(request, epoch, further, fresh=fresh)
        context = Context(
            by=request.by,
            at=now,
            command_id=request.command_id,
            rules=found[DESK_RULES].state,
            number=number,
            known=_states(found),
            history=tuple(history),
        )
        states = [found[stream].state for stream in streams]
        decision = yield from self._decide(request, streams, states, context, first)
        what = _what(
            request, digest, streams=streams, found=found, decision=decision, now=now, epoch=epoch
        )
        return epoch, found, what

    def _look(
        self, request: Request, epoch: int, streams: Iterable[StreamId], *, fresh: bool
    ) -> Steps[dict[StreamId, Loaded]]:
        """States of streams; `fresh` as of now, else from memory where there is one."""
        workspace, wanted = request.workspace, list(streams)
        found = self.states.kept(epoch, workspace, wanted)
        begun = () if fresh else request.command.begins(request.command_id)
        has = self.states.snapshots.has
        long = [stream for stream in wanted if stream not in found and has(workspace, stream)]
        if long:
            found |= yield questions.snapshots(workspace, long)
        unsure = {
            stream: found.get(stream) or nothing(stream)
            for stream in wanted
            if fresh or stream in long or (stream not in found and stream not in begun)
        }
        if unsure:
            newer = yield questions.newer(
                workspace, {s: loaded.version for s, loaded in unsure.items()}
            )
            found |= self.states.grow(epoch, workspace, unsure, newer)
        return found | {stream: nothing(stream) for stream in begun if stream not in found}

    def _learn(
        self,
        epoch: int,
        workspace: WorkspaceId,
        found: Mapping[StreamId, Loaded],
        appended: Appended,
    ) -> Outcome:
        """Keep the states as the append left them."""
        if appended.repeated:
            return _outcome(appended)
        events: dict[StreamId, list[Recorded[Any]]] = {}
        for recorded in appended.events:
            events.setdefault(recorded.stream, []).append(recorded)
        known = {stream: found.get(stream) or nothing(stream) for stream in events}
        grown = self.states.grow(epoch, workspace, known, events)
        return _outcome(appended, (grown.get(appended.stream) or found[appended.stream]).state)

    def _decide(
        self,
        request: Request,
        streams: Sequence[StreamId],
        states: Sequence[Any],
        context: Context,
        first: Loaded,
    ) -> Steps[dict[StreamId, Sequence[Happened]]]:
        """The events per stream; a refusal if they would overwrite what the caller has not seen.

        What would change nothing overwrites nothing: two agents who ask for the same both get it.
        """
        decide = self._commands[type(request.command)]
        overtaken = yield from overtaken_by(request, streams[0], first, context.known)
        try:
            decision = decide(request.command, *states, context)
        except (NotAllowed, StepRefused, TicketNumberNeeded) as reason:
            if overtaken is not None:
                raise overtaken from reason
            if isinstance(reason, Refused):
                raise
            number = yield questions.next_number(request.workspace)
            context = replace(context, number=number)
            decision = decide(request.command, *states, context)
        if not isinstance(decision, Mapping):
            decision = {streams[0]: decision}
        if overtaken is not None and any(decision.values()):
            raise overtaken
        return dict(decision)


def _answered(request: Request, digest: str) -> Steps[Appended | None]:
    """The first answer to this request, if there was one. Raises CommandIdReused."""
    try:
        answered: Appended | None = yield questions.answered(request, digest)
    except CommandIdReused:
        former = former_fingerprint(request)
        if former is None:
            raise
        answered = yield questions.answered(request, former)
    return answered


def _states(found: Mapping[StreamId, Loaded]) -> dict[StreamId, Any]:
    return {stream: loaded.state for stream, loaded in found.items()}


def _what(
    request: Request,
    digest: str,
    *,
    streams: Sequence[StreamId],
    found: Mapping[StreamId, Loaded],
    decision: Mapping[StreamId, Sequence[Happened]],
    now: datetime,
    epoch: int,
) -> Append:
    """What the decision says, to be written if all that it looked at is still as it was.

    The streams that the command set out to write are named even when they stay as they are: so
    the command id of a command that changed nothing is remembered, too.
    """
    writes = [*streams, *(stream for stream in decision if stream not in streams)]
    return Append(
        workspace=request.workspace,
        command_id=request.command_id,
        fingerprint=digest,
        correlation_id=request.correlation_id or str(request.command_id),
        causation_id=request.causation_id,
        recorded_at=now,
        writes=tuple(
            StreamWrite(
                stream=stream,
                expected_version=found[stream].version,
                events=tuple(NewEvent(event=event) for event in decision.get(stream, ())),
            )
            for stream in writes
        ),
        checks=tuple(
            StreamCheck(stream=stream, version=loaded.version)
            for stream, loaded in found.items()
            if stream not in writes
        ),
        epoch=epoch,
    )


def _refuse_unspeakable(request: Request) -> None:
    """Refuse an id that no stream can have, so that no store has to deal with it."""
    for stream in (*request.command.writes(request.command_id), *request.command.reads()):
        if len(stream) > LONGEST_STREAM_ID or not stream.isprintable():
            raise NotFound("There is nothing with such an id.", category=category_of(stream))


def _outcome(appended: Appended, state: Any = None) -> Outcome:
    return Outcome(
        stream=appended.stream,
        version=appended.version,
        events=appended.events,
        position=appended.position,
        repeated=appended.repeated,
        state=state,
    )
