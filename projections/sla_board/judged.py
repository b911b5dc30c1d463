"""A ticket with its clocks as it is being worked on, and what is foreseen of them."""

from collections.abc import Mapping
from datetime import datetime

from domain.record import record, with_changes
from domain.sla import judge
from domain.sla.book import Book
from domain.sla.clock import Mode, Track, Tracked
from domain.sla.counting import due_if_stopped, unnoted, unreached
from domain.sla.policy import ClockName
from projections.ports import Rows
from projections.sla_board.next_clock import columns
from projections.sla_board.rows import CLOCK, TICKET, Instants, SlaClockRow, SlaTicketRow
from projections.sla_board.state_text import Decided, Key, as_text, track_from_text

_MAY_GO_ON = frozenset(
    {
        ClockName.ACKNOWLEDGE,
        ClockName.FIRST_RESPONSE,
        ClockName.RESOLUTION,
        ClockName.TOTAL_RESOLUTION,
    }
)
"""Clocks that matter when they have stopped: there is no second instance, or it may go on."""


@record
class Judged:
    """`decided` names the event that showed how each clock was decided; `book` judges them.

    `foreseen` is what `instants` would say, where somebody has asked.
    """

    ticket: SlaTicketRow
    state: Tracked
    decided: Decided
    book: Book
    foreseen: Mapping[Key, Instants] | None = None

    def keep(self, rows: Rows) -> None:
        """Write the ticket's row. Clocks that are over for good are in rows of their own by now."""
        kept = tuple(track for track in self.state.tracks if not self._is_over(track))
        state = with_changes(self.state, tracks=kept)
        text = as_text(state, self.decided, self.book)
        live = not state.status.is_final or any(track.counts for track in kept)
        foreseen = self.instants() if self.foreseen is None else self.foreseen
        due = {key: instants.due_at for key, instants in foreseen.items()}
        shown = columns(state, self.book, due)
        rows.put(TICKET, with_changes(self.ticket, state=text, live=live, **shown))

    def instants(self) -> dict[Key, Instants]:
        """What is foreseen of each clock."""
        due = judge.due_instants(self.state, self.book)
        known_at = self.ticket.known_at
        ahead = {}
        if not self.ticket.imported:
            ahead = judge.next_instants(
                self.state, self.book, lambda track: unreached(track, known_at)
            )
        return {
            track.key: Instants(
                due_at=track.breached_at or due.get(track.key) or due_if_stopped(track),
                watch_at=self._overdue(track) or ahead.get(track.key),
            )
            for track in self.state.tracks
        }

    def _overdue(self, track: Track) -> datetime | None:
        """What was reached and is to be announced yet. Nothing of what came as history is."""
        if self.ticket.imported:
            return None
        known_at = self.ticket.known_at
        return next((reached.at for reached in unnoted(track) if reached.at >= known_at), None)

    def _is_over(self, track: Track) -> bool:
        over = track.mode is Mode.STOPPED and track.clock not in _MAY_GO_ON
        return over and self._overdue(track) is None


def with_all(judged: Judged, rows: Rows, whole: Tracked) -> Judged:
    """With the clocks that are over, too; `whole` names all that there are."""
    held = {track.key for track in judged.state.tracks}
    over, decided = [], dict(judged.decided)
    for track in whole.tracks:
        if track.key not in held:
            key = (judged.ticket.workspace, judged.ticket.ticket, track.clock.value, track.instance)
            row: SlaClockRow | None = rows.get(CLOCK, key)
            if row is not None and row.body is not None:
                over.append(track_from_text(row.body, judged.book))
                decided[track.key] = row.decided_version
    state = with_changes(judged.state, tracks=(*over, *judged.state.tracks))
    return with_changes(judged, state=state, decided=decided, foreseen=None)
