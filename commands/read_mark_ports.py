"""Where it is kept what people have read of what they were told."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from domain.ids import WorkspaceId
from domain.record import record


@record
class Marks:
    """Everything up to `until` was read, and these single ones after it, each with its instant."""

    until: datetime | None = None
    single: Mapping[str, datetime] | None = None

    def is_read(self, ident: str, at: datetime) -> bool:
        """Whether a notification of that instant was read."""
        return (self.until is not None and at <= self.until) or ident in (self.single or {})


class ReadMarks(Protocol):
    """One person's marks. All methods raise StoreUnavailable (commands.ports)."""

    def of(self, workspace: WorkspaceId, person: str) -> Marks: ...

    def read(self, workspace: WorkspaceId, person: str, read: Mapping[str, datetime]) -> None:
        """These were read: by id, when each came."""

    def read_until(self, workspace: WorkspaceId, person: str, until: datetime) -> None:
        """Everything up to that instant was read; an earlier one than before changes nothing."""
