"""The steps of the work on a command: what it asks the outside."""

from collections.abc import Mapping, Sequence

from commands.envelope import Request
from commands.ports import Append
from commands.steps import Step
from domain.ids import StreamId, WorkspaceId


def epoch(fresh: bool) -> Step:  # noqa: FBT001 - as the port has it
    return lambda ports: ports.store.epoch(fresh=fresh)


def newer(workspace: WorkspaceId, after: Mapping[StreamId, int]) -> Step:
    return lambda ports: ports.store.load_many(workspace, after)


def snapshots(workspace: WorkspaceId, streams: Sequence[StreamId]) -> Step:
    return lambda ports: ports.snapshots.load(workspace, streams)


def history(workspace: WorkspaceId, stream: StreamId, after: int) -> Step:
    return lambda ports: ports.store.load(workspace, stream, after=after)


def append(what: Append) -> Step:
    return lambda ports: ports.store.append(what)


def answered(request: Request, digest: str) -> Step:
    return lambda ports: ports.store.answered(request.workspace, request.command_id, digest)


def next_number(workspace: WorkspaceId) -> Step:
    return lambda ports: ports.numbers.next(workspace)
