"""How far a reader has been told, as it travels to the reader and comes back."""

from api.signing import ForgedError, Signer
from domain.ids import WorkspaceId
from domain.position import Position
from domain.record import record


@record
class Place:
    """How far a log has been told, and which log that is; see EventStore.epoch."""

    position: Position
    epoch: int


class Seals:
    """Makes and opens tokens of one workspace."""

    def __init__(self, signer: Signer, workspace: WorkspaceId) -> None:
        self._signer = signer
        self._workspace = workspace

    def seal(self, place: Place) -> str:
        """A token that any process of this desk takes back."""
        return self._signer.seal_position(self._workspace, place.position, place.epoch)

    def open(self, token: str) -> tuple[Position, int | None] | None:
        """The position, and the epoch if it says so; None when it is not of this desk."""
        try:
            return self._signer.open_place(self._workspace, token)
        except ForgedError:
            return None


def missing(after: Position, upto: Position) -> int:
    """How many events are between two positions."""
    return sum(max(0, end - after.at(lane)) for lane, end in upto.lanes)
