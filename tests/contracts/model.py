"""Any sequence of requests to a store, beside a model of a few dictionaries.

The model knows nothing of lanes and bytes: it says which outcome a request must have, and what
must be in which stream afterwards.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol
from uuid import UUID

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from commands.ports import Append, Appended, EventStore, StreamCheck, VersionConflict
from domain.errors import CommandIdReused
from domain.ids import StreamId, WorkspaceId
from projections.ports import Feed
from tests.contracts.requests import ELSEWHERE, HERE, request, tags, ticket, write

Stream = tuple[WorkspaceId, StreamId]


class Store(EventStore, Feed, Protocol):
    """Both sides of the log."""


@dataclass(frozen=True)
class Answer:
    """The first stream's name and version, and the events as (stream, version, tag)."""

    stream: StreamId
    version: int
    events: tuple[tuple[StreamId, int, str], ...]
    repeated: bool = False


@dataclass
class Model:
    streams: dict[Stream, list[str]] = field(default_factory=dict)
    answers: dict[tuple[WorkspaceId, UUID], tuple[str, Answer]] = field(default_factory=dict)

    def append(self, asked: Append) -> Answer | str | type[CommandIdReused]:
        """What the store must answer: a conflict is given as its text."""
        place = asked.workspace, asked.command_id
        if place in self.answers:
            fingerprint, first = self.answers[place]
            if fingerprint != asked.fingerprint:
                return CommandIdReused
            return Answer(first.stream, first.version, first.events, repeated=True)
        looked_at = [(w.stream, w.expected_version) for w in asked.writes]
        looked_at += [(check.stream, check.version) for check in asked.checks]
        for stream_id, expected in looked_at:
            version = len(self.streams.get((asked.workspace, stream_id), []))
            if version != expected:
                return str(VersionConflict(stream_id, expected, version))
        events = []
        for w in asked.writes:
            for tag in tags(w.events):
                stream = self.streams.setdefault((asked.workspace, w.stream), [])
                stream.append(tag)
                events.append((w.stream, len(stream), tag))
        stream_id = asked.writes[0].stream
        version = len(self.streams.get((asked.workspace, stream_id), []))
        answer = Answer(stream_id, version, tuple(events))
        self.answers[place] = asked.fingerprint, answer
        return answer


def _brief(outcome: Appended | VersionConflict) -> Answer | str:
    if isinstance(outcome, VersionConflict):
        return str(outcome)
    events = ((e.stream, e.version, e.event.tag) for e in outcome.events)
    return Answer(outcome.stream, outcome.version, tuple(events), outcome.repeated)


_STREAMS = st.sampled_from([ticket(n) for n in range(4)])
_OFF = st.sampled_from([0, 0, 0, 0, 0, 0, -1, 1])
"""How far an expected version is off; mostly it is right."""

_WRITES = st.dictionaries(
    _STREAMS,
    st.tuples(
        _OFF,
        st.lists(st.text("abc", min_size=1, max_size=3), max_size=3),
    ),
    min_size=1,
    max_size=3,
)
_ASKED = st.tuples(
    st.sampled_from([HERE, HERE, HERE, ELSEWHERE]),
    # Few command ids and two digests, so that commands are repeated and ids are used again.
    st.integers(1, 25).map(lambda n: UUID(int=n)),
    st.sampled_from(["digest", "digest", "digest", "another"]),
    _WRITES,
    # A stream that is looked at, if it is not written to.
    st.none() | st.tuples(_STREAMS, _OFF),
)


class StoreMachine(RuleBasedStateMachine):
    """Give `new_store` in a subclass."""

    def __init__(self) -> None:
        super().__init__()
        self.store = self.new_store()
        self.model = Model()

    def new_store(self) -> Store:
        raise NotImplementedError

    @rule(asked=_ASKED)
    def append(self, asked: Any) -> None:
        made = self._request(*asked)
        expected = self.model.append(made)
        match expected:
            case Answer():
                assert _brief(self.store.append(made)) == expected
            case str():
                with pytest.raises(VersionConflict) as conflict:
                    self.store.append(made)
                assert str(conflict.value) == expected
            case refusal:
                with pytest.raises(refusal):
                    self.store.append(made)

    @rule(asked=st.lists(_ASKED, max_size=5))
    def append_many(self, asked: list[Any]) -> None:
        made = [self._request(*one) for one in asked]
        expected = [self.model.append(one) for one in made]
        if CommandIdReused in expected:
            with pytest.raises(CommandIdReused):
                self.store.append_many(made)
        else:
            assert [_brief(outcome) for outcome in self.store.append_many(made)] == expected

    @rule(workspace=st.sampled_from([HERE, ELSEWHERE]), n=st.integers(1, 25))
    def answered(self, workspace: WorkspaceId, n: int) -> None:
        command = request(write(ticket(1), 0), command=UUID(int=n)).command_id
        fingerprint, first = self.model.answers.get((workspace, command), ("digest", None))
        found = self.store.answered(workspace, command, fingerprint)
        if first is None:
            assert found is None
            return
        assert found is not None
        assert _brief(found) == Answer(first.stream, first.version, first.events, repeated=True)
        with pytest.raises(CommandIdReused):
            self.store.answered(workspace, command, "a third")

    @rule(after=st.dictionaries(_STREAMS, st.integers(0, 5), min_size=1))
    def load_many(self, after: dict[StreamId, int]) -> None:
        found = self.store.load_many(HERE, after)
        expected = {
            stream: self.model.streams.get((HERE, stream), [])[version:]
            for stream, version in after.items()
        }
        assert {stream: tags(events) for stream, events in found.items()} == {
            stream: events for stream, events in expected.items() if events
        }

    @invariant()
    def streams_hold_what_was_written(self) -> None:
        for (workspace, stream), expected in self.model.streams.items():
            found = self.store.load(workspace, stream)
            assert tags(found) == expected
            assert [event.version for event in found] == list(range(1, len(expected) + 1))
            assert self.store.load(workspace, stream, after=1) == found[1:]

    @invariant()
    def lanes_hold_every_stream_without_a_gap(self) -> None:
        found: dict[Stream, list[str]] = {}
        for lane in self.store.lanes():
            events = self.store.page(lane, 0, 10_000)
            assert [event.position for event in events] == list(range(1, len(events) + 1))
            assert self.store.head().at(lane) == len(events)
            for event in events:
                found.setdefault((event.workspace, event.stream), []).extend(tags([event]))
        assert found == {stream: tags for stream, tags in self.model.streams.items() if tags}

    def _request(
        self,
        workspace: WorkspaceId,
        command: UUID,
        fingerprint: str,
        writes: dict[StreamId, tuple[int, Sequence[str]]],
        looked_at: tuple[StreamId, int] | None,
    ) -> Append:
        def version(stream: StreamId, off: int) -> int:
            return max(0, self._version(workspace, stream) + off)

        checks = [looked_at] if looked_at is not None and looked_at[0] not in writes else []
        asked = request(
            *(
                write(stream, version(stream, off), *events)
                for stream, (off, events) in writes.items()
            ),
            command=command,
            fingerprint=fingerprint,
            workspace=workspace,
        )
        return replace(
            asked, checks=tuple(StreamCheck(stream=s, version=version(s, off)) for s, off in checks)
        )

    def _version(self, workspace: WorkspaceId, stream: StreamId) -> int:
        return len(self.model.streams.get((workspace, stream), []))
