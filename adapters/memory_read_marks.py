"""Read marks in memory, under the same contract as those in PostgreSQL."""

from collections.abc import Mapping
from datetime import datetime

from commands.read_mark_ports import Marks
from domain.ids import WorkspaceId


class MemoryReadMarks:
    """See commands.read_mark_ports.ReadMarks."""

    def __init__(self) -> None:
        self._held: dict[tuple[WorkspaceId, str], Marks] = {}

    def of(self, workspace: WorkspaceId, person: str) -> Marks:
        return self._held.get((workspace, person), Marks(single={}))

    def read(self, workspace: WorkspaceId, person: str, read: Mapping[str, datetime]) -> None:
        self._put(workspace, person, self.of(workspace, person).until, read)

    def read_until(self, workspace: WorkspaceId, person: str, until: datetime) -> None:
        before = self.of(workspace, person).until
        self._put(workspace, person, max(before, until) if before else until, {})

    def _put(
        self,
        workspace: WorkspaceId,
        person: str,
        until: datetime | None,
        read: Mapping[str, datetime],
    ) -> None:
        single = {**(self.of(workspace, person).single or {}), **read}
        left = {ident: at for ident, at in single.items() if until is None or at > until}
        self._held[workspace, person] = Marks(until=until, single=left)
