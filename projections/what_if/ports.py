"""What a comparison needs of the outside: the histories of tickets, many at a time."""

from collections.abc import Callable
from typing import Protocol

from domain.ids import WorkspaceId
from projections.what_if.asking import Question
from projections.what_if.tally import Tally


class TooMuch(Exception):
    """There are more events than one run may read; the message says what to do."""


class Stopped(Exception):
    """The run was told to stop before its end; nothing was kept of it."""


class Histories(Protocol):
    """Reads the log and judges it, without a lock on anything and without the right to write."""

    def compare(
        self,
        workspace: WorkspaceId,
        question: Question,
        progress: Callable[[int, int], None],
        stop: Callable[[], bool],
    ) -> Tally:
        """All tickets of the workspace, as of now. `progress` hears of events done, and of all.

        Raises TooMuch, Stopped when `stop` says so, and Unavailable.
        """
        ...
