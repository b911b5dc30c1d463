"""The one handler for all commands: load, decide, append; on a conflict, look again."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from commands.envelope import Command, Context, Decision, Outcome, Request, TicketNumberNeeded
from commands.fingerprint import fingerprint
from commands.ports import (
    Append,
    Appended,
    Clock,
    EventStore,
    NewEvent,
    Numbers,
    StreamWrite,
    VersionConflict,
)
from commands.states import Loaded, States
from domain.errors import TicketChanged
from domain.happened import Happened
from domain.ids import StreamId, category_of
from domain.ticket.aspects import changed_by

ATTEMPTS = 20
"""A command that commutes is decided again after each conflict. Twenty writers in a row that
were quicker are not contention but a fault, and the caller hears of it."""

DESK_RULES = StreamId("desk:rules")


class Handler:
    """Turns requests into events. Safe to share between threads.

    `commands` is the table of deciders, by type of command.
    """

    def __init__(
        self,
        store: EventStore,
        numbers: Numbers,
        clock: Clock,
        commands: Mapping[type[Command], Callable[..., Decision]],
        states: States | None = None,
    ) -> None:
        self._store = store
        self._numbers = numbers
        self._clock = clock
        self._commands = commands
        self.states = states or States(store)

    def handle(self, request: Request) -> Outcome:
        """Decide and append; the same command id gives the first answer again.

        Raises a Refused (domain.errors), VersionConflict after many lost races, or
        StoreUnavailable; in the last case repeat the request with the same command id.
        """
        digest = fingerprint(request)
        for _ in range(ATTEMPTS - 1):
            try:
                return self._attempt(request, digest)
            except VersionConflict as conflict:
                self.states.forget(request.workspace, conflict.stream)
        return self._attempt(request, digest)

    def _attempt(self, request: Request, digest: str) -> Outcome:
        streams = request.command.writes(request.command_id)
        loaded = {stream: self.states.load(request.workspace, stream) for stream in streams}
        first = loaded[streams[0]]
        # The append checks the command id as well. This look catches the repeat whose decision
        # would be refused by now; a stream at the version seen cannot hold an earlier answer.
        if first.version not in (0, request.seen):
            answered = self._store.answered(request.workspace, request.command_id, digest)
            if answered is not None:
                return _outcome(answered)
        self._refuse_if_overtaken(request, streams[0], first)
        now = self._clock.now()
        decision = self._decide(request, streams, loaded, now)
        return _outcome(self._append(request, digest, loaded, decision, now))

    def _refuse_if_overtaken(self, request: Request, stream: StreamId, loaded: Loaded) -> None:
        """Refuse a command that overwrites what its caller has not seen changing."""
        if request.seen is None or request.seen >= loaded.version:
            return
        touched = request.command.touches()
        if not touched or category_of(stream) != "ticket":
            return
        since = self._store.load(request.workspace, stream, after=request.seen)
        changed = touched & frozenset(a for r in since for a in changed_by(r.event))
        if changed:
            raise TicketChanged(
                f"The {' and the '.join(sorted(changed))} changed since version {request.seen}. "
                "Look at what happened, then decide again.",
                seen=request.seen,
                version=loaded.version,
                changed=sorted(changed),
                events=since,
            )

    def _decide(
        self,
        request: Request,
        streams: Sequence[StreamId],
        loaded: Mapping[StreamId, Loaded],
        now: datetime,
    ) -> dict[StreamId, Sequence[Happened]]:
        command, workspace = request.command, request.workspace
        context = Context(
            by=request.by,
            at=now,
            command_id=request.command_id,
            rules=self.states.load(workspace, DESK_RULES).state,
            known={s: self.states.load(workspace, s).state for s in command.reads()},
            history=self._store.load(workspace, streams[0]) if command.needs_history else (),
        )
        states = [loaded[stream].state for stream in streams]
        decide = self._commands[type(command)]
        try:
            decision = decide(command, *states, context)
        except TicketNumberNeeded:
            context = replace(context, number=self._numbers.next(workspace))
            decision = decide(command, *states, context)
        return dict(decision) if isinstance(decision, Mapping) else {streams[0]: decision}

    def _append(
        self,
        request: Request,
        digest: str,
        loaded: Mapping[StreamId, Loaded],
        decision: Mapping[StreamId, Sequence[Happened]],
        now: datetime,
    ) -> Appended:
        """Write every stream that the decision names; the loaded first one also when it stays as
        it is, so that the command id is remembered for a command that changed nothing."""
        return self._store.append(
            Append(
                workspace=request.workspace,
                command_id=request.command_id,
                fingerprint=digest,
                correlation_id=request.correlation_id or str(request.command_id),
                causation_id=request.causation_id,
                recorded_at=now,
                writes=tuple(
                    StreamWrite(
                        stream=stream,
                        expected_version=loaded[stream].version if stream in loaded else 0,
                        events=tuple(NewEvent(event=event) for event in decision.get(stream, ())),
                    )
                    for stream in [*loaded, *(s for s in decision if s not in loaded)]
                ),
            )
        )


def _outcome(appended: Appended) -> Outcome:
    return Outcome(
        stream=appended.stream,
        version=appended.version,
        events=appended.events,
        position=appended.position,
        repeated=appended.repeated,
    )
