"""How far the log has been read: one position per lane."""

from collections.abc import Mapping

from domain.record import record


@record
class Position:
    """A vector of positions, one entry per lane that matters, in ascending lane order.

    It is covered by a reader when the reader is at or past each entry.
    """

    lanes: tuple[tuple[int, int], ...] = ()

    @classmethod
    def of(cls, lanes: Mapping[int, int]) -> "Position":
        return cls(lanes=tuple(sorted(lanes.items())))

    def at(self, lane: int) -> int:
        return dict(self.lanes).get(lane, 0)

    def covered_by(self, reader: "Position") -> bool:
        reached = dict(reader.lanes)
        return all(reached.get(lane, 0) >= position for lane, position in self.lanes)

    def joined(self, other: "Position") -> "Position":
        """The later of both, lane by lane."""
        lanes = dict(self.lanes)
        for lane, position in other.lanes:
            lanes[lane] = max(lanes.get(lane, 0), position)
        return Position.of(lanes)
