"""The book looked up slowly: at each minute, by going through all its events again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from domain.conditions import Attributes, matches
from domain.ids import CalendarId, PolicyId
from domain.sla.book_events import BookEvent, CalendarSet, HistoryRejudged, PolicyRetired, PolicySet
from domain.sla.policy import AppliesTo, ClockName, Options, Promise
from domain.sla.starter import BUILT_IN, STARTER
from domain.ticket.words import Priority
from tests.domain.slow_calendar import OpenMinutes, minute_of, open_minutes

Edit = CalendarSet | PolicySet | PolicyRetired
LONG_AGO = -1_000_000


@dataclass(frozen=True)
class Held:
    """What a policy is at some minute."""

    id: str
    version: int
    promises: tuple[Promise, ...]
    options: Options


@dataclass(frozen=True)
class Judging:
    """A promise with its target in minutes, and the calendar's minutes."""

    policy: Held
    promise: Promise
    target: int
    calendar: str
    calendar_version: int
    minutes: OpenMinutes

    @property
    def names(self) -> tuple[str, int, str, int, int]:
        return (
            self.policy.id,
            self.policy.version,
            self.calendar,
            self.calendar_version,
            self.target,
        )


class SlowBook:
    def __init__(self, events: Sequence[BookEvent]) -> None:
        self.edits: list[tuple[int, int, Edit]] = []
        for version, event in enumerate(events, 1):
            if isinstance(event, HistoryRejudged):
                since, now = minute_of(event.since), minute_of(event.at)
                self.edits.sort(key=lambda edit: edit[0])
                self.edits = [
                    (since if since < effective <= now else effective, n, edit)
                    for effective, n, edit in self.edits
                ]
            elif isinstance(event, CalendarSet | PolicySet | PolicyRetired):
                self.edits.append((minute_of(event.effective_at), version, event))
        self.edits.sort(key=lambda edit: edit[0])

    def boundaries(self) -> Iterable[int]:
        return sorted({effective for effective, _, _ in self.edits})

    def _of(self, ident: str, minute: int) -> list[tuple[int, int, Edit]]:
        return [
            (effective, n, edit)
            for effective, n, edit in self.edits
            if effective <= minute and _ident(edit) == ident
        ]

    def _newest(self, ident: str, minute: int, opened: int) -> tuple[int, Edit] | None:
        for effective, n, edit in reversed(self._of(ident, minute)):
            if edit.applies_to is AppliesTo.RUNNING or effective <= opened:
                return n, edit
        return None

    def policy_named(self, ident: str, minute: int, opened: int) -> Held | None:
        """The version in force; None when it is retired, or was never there."""
        found = self._newest(f"policy {ident}", minute, opened)
        if found is None:
            built_in = ident == STARTER.id
            return Held(STARTER.id, 0, STARTER.promises, STARTER.options) if built_in else None
        version, edit = found
        if not isinstance(edit, PolicySet):
            return None
        return Held(ident, version, edit.promises, edit.options)

    def policy(self, attributes: Attributes, minute: int, opened: int) -> Held | None:
        """The first one that matches."""
        ranked = []
        for ident in {str(e.policy) for _, _, e in self.edits if not isinstance(e, CalendarSet)}:
            found = self._newest(f"policy {ident}", minute, opened)
            if found is not None and isinstance(found[1], PolicySet):
                ranked.append((found[1].rank, ident, found[1].condition))
        if self._newest(f"policy {STARTER.id}", minute, opened) is None:
            ranked.append((STARTER.rank, str(STARTER.id), STARTER.condition))
        for _, ident, condition in sorted(ranked, key=lambda entry: entry[:2]):
            if matches(condition, attributes):
                return self.policy_named(ident, minute, opened)
        return None

    def promised(self, minute: int) -> set[ClockName]:
        """Clocks that a policy promises at a minute, to old tickets or to new ones."""
        found = set()
        idents = {_ident(edit) for _, _, edit in self.edits if not isinstance(edit, CalendarSet)}
        for ident in idents | {f"policy {STARTER.id}"}:
            versions: list[tuple[Promise, ...]] = []
            if ident == f"policy {STARTER.id}":
                versions = [STARTER.promises]
            for _, _, edit in self._of(ident, minute):
                if edit.applies_to is AppliesTo.RUNNING:
                    versions = []
                versions.append(edit.promises if isinstance(edit, PolicySet) else ())
            found |= {promise.clock for promises in versions for promise in promises}
        return found

    def judging(  # noqa: PLR0917 - all that a target can depend on
        self,
        policy: Held | None,
        clock: ClockName,
        queue: str | None,
        priority: str,
        minute: int,
        opened: int,
    ) -> Judging | None:
        """What a policy promises for a clock at a minute, on the calendar of that minute."""
        if policy is None:
            return None
        mine = [one for one in policy.promises if one.clock is clock]
        named = [one for one in mine if queue is not None and queue in one.queues]
        promise = next(iter(named or [one for one in mine if not one.queues]), None)
        target = None if promise is None else promise.targets.get(Priority(priority))
        if promise is None or target is None:
            return None
        version, minutes = self._calendar(target.calendar, minute, opened)
        if minutes is None:
            return None
        whole, rest = divmod(target.seconds, 60)
        if rest:
            raise ValueError("targets are in whole minutes here")
        return Judging(policy, promise, int(whole), target.calendar, version, minutes)

    def _calendar(
        self, ident: CalendarId, minute: int, opened: int
    ) -> tuple[int, OpenMinutes | None]:
        found = self._newest(f"calendar {ident}", minute, opened)
        if found is not None and isinstance(found[1], CalendarSet):
            return found[0], open_minutes(found[1].zone, found[1].weekly)
        built_in = BUILT_IN.get(ident)
        return 0, None if built_in is None else open_minutes(built_in.zone, built_in.weekly)


def _ident(edit: Edit) -> str:
    if isinstance(edit, CalendarSet):
        return f"calendar {edit.calendar}"
    return f"policy {PolicyId(edit.policy)}"
