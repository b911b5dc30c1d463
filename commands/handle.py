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
from domain.errors import NotAllowed, NotFound, Refused, TicketChanged
from domain.happened import Happened
from domain.ids import DESK_RULES, StreamId, category_of
from domain.states import FOLDS

ATTEMPTS = 20
"""A command that commutes is decided again after each conflict. Twenty writers in a row that
were quicker are not contention but a fault, and the caller hears of it."""


LONGEST_STREAM_ID = 250
"""In characters, the category included."""


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
        workspace, command = request.workspace, request.command
        streams = command.writes(request.command_id)
        for stream in (*streams, *command.reads()):
            _refuse_unspeakable(stream)
        now = self._clock.now()
        found = self.states.load_many(workspace, [*streams, *command.reads(), DESK_RULES])
        first = found[streams[0]]
        history = self._store.load(workspace, streams[0]) if command.needs_history else ()
        involved = set(command.involves(first.state, history)) - found.keys()
        if involved:
            found |= self.states.load_many(workspace, involved)
        context = Context(
            by=request.by,
            at=now,
            command_id=request.command_id,
            rules=found[DESK_RULES].state,
            known={stream: loaded.state for stream, loaded in found.items()},
            history=history,
        )
        states = [found[stream].state for stream in streams]
        try:
            decision = self._decide(request, streams, states, context, first)
        except Refused:
            # A repeat of what was done may well be refused by now; it gets its first answer. All
            # other repeats are found by the append.
            answered = self._store.answered(workspace, request.command_id, digest)
            if answered is None:
                raise
            return _outcome(answered)
        versions = {stream: loaded.version for stream, loaded in found.items()}
        writes = [*streams, *(stream for stream in decision if stream not in streams)]
        return _outcome(
            self._append(
                request, digest, writes=writes, versions=versions, decision=decision, now=now
            )
        )

    def _decide(
        self,
        request: Request,
        streams: Sequence[StreamId],
        states: Sequence[Any],
        context: Context,
        first: Loaded,
    ) -> dict[StreamId, Sequence[Happened]]:
        """The events per stream; a refusal if they would overwrite what the caller has not seen.

        What would change nothing overwrites nothing: two agents who ask for the same both get it.
        """
        decide = self._commands[type(request.command)]
        overtaken = self._overtaken(request, streams[0], first)
        try:
            decision = decide(request.command, *states, context)
        except (NotAllowed, TicketNumberNeeded) as reason:
            if overtaken is not None:
                raise overtaken from reason
            if isinstance(reason, NotAllowed):
                raise
            context = replace(context, number=self._numbers.next(request.workspace))
            decision = decide(request.command, *states, context)
        if not isinstance(decision, Mapping):
            decision = {streams[0]: decision}
        if overtaken is not None and any(decision.values()):
            raise overtaken
        return dict(decision)

    def _overtaken(self, request: Request, stream: StreamId, first: Loaded) -> TicketChanged | None:
        """The refusal of a command whose caller has not seen a change of what it overwrites.

        A version that is yet to come was seen elsewhere, such as before a backup was restored:
        then nobody can say what the caller has seen.
        """
        if request.seen is None or request.seen == first.version:
            return None
        touched = request.command.touches()
        if not touched:
            return None
        if request.seen > first.version:
            return TicketChanged(
                f"There is no version {request.seen} yet. Look again, then decide.",
                seen=request.seen,
                version=first.version,
                changed=[],
                events=(),
            )
        since = self._store.load(request.workspace, stream, after=request.seen)
        changed_by = FOLDS[category_of(stream)].changed_by
        changed = touched & frozenset(a for r in since for a in changed_by(r.event))
        if not changed:
            return None
        return TicketChanged(
            f"The {' and the '.join(sorted(changed))} changed since version {request.seen}. "
            "Look at what happened, then decide again.",
            seen=request.seen,
            version=first.version,
            changed=sorted(changed),
            events=since,
        )

    def _append(
        self,
        request: Request,
        digest: str,
        *,
        writes: Sequence[StreamId],
        versions: Mapping[StreamId, int],
        decision: Mapping[StreamId, Sequence[Happened]],
        now: datetime,
    ) -> Appended:
        """Write what the decision says.

        The streams that the command set out to write are named even when they stay as they are:
        then their version is checked, and the command id of a command that changed nothing is
        remembered.
        """
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
                        expected_version=versions[stream],
                        events=tuple(NewEvent(event=event) for event in decision.get(stream, ())),
                    )
                    for stream in writes
                ),
            )
        )


def _refuse_unspeakable(stream: StreamId) -> None:
    """Refuse an id that no stream can have, so that no store has to deal with it."""
    if len(stream) > LONGEST_STREAM_ID or not stream.isprintable():
        raise NotFound("There is nothing with such an id.", category=category_of(stream))


def _outcome(appended: Appended) -> Outcome:
    return Outcome(
        stream=appended.stream,
        version=appended.version,
        events=appended.events,
        position=appended.position,
        repeated=appended.repeated,
    )
