"""What can happen to the calendars and policies of a workspace.

Each is a whole new version, which holds from `effective_at` on. The version of a calendar or a
policy is the version of the event in the book's stream.
"""

from datetime import date, datetime
from typing import Literal, TypeAlias

from domain.calendar import Holiday, Windows
from domain.conditions import Condition
from domain.happened import Happened
from domain.ids import CalendarId, PolicyId
from domain.record import record
from domain.sla.policy import AppliesTo, Options, Promise

Week: TypeAlias = tuple[Windows, Windows, Windows, Windows, Windows, Windows, Windows]
"""The windows of Monday to Sunday."""


@record
class Opening:
    """A day with windows of its own, instead of those of its weekday or of a holiday."""

    day: date
    name: str
    windows: Windows


@record
class CalendarSet(Happened):
    """A calendar is this from `effective_at` on."""

    kind: Literal["sla.calendar_set"] = "sla.calendar_set"
    calendar: CalendarId
    name: str
    zone: str
    weekly: Week
    holidays: tuple[Holiday, ...] = ()
    openings: tuple[Opening, ...] = ()
    effective_at: datetime
    applies_to: AppliesTo = AppliesTo.RUNNING


@record
class CalendarRetired(Happened):
    """No policy may name it any more."""

    kind: Literal["sla.calendar_retired"] = "sla.calendar_retired"
    calendar: CalendarId


@record
class PolicySet(Happened):
    """A policy is this from `effective_at` on."""

    kind: Literal["sla.policy_set"] = "sla.policy_set"
    policy: PolicyId
    name: str
    rank: int
    condition: Condition
    promises: tuple[Promise, ...]
    options: Options
    effective_at: datetime
    applies_to: AppliesTo = AppliesTo.RUNNING


@record
class PolicyRetired(Happened):
    """It matches no ticket any more from `effective_at` on."""

    kind: Literal["sla.policy_retired"] = "sla.policy_retired"
    policy: PolicyId
    effective_at: datetime
    applies_to: AppliesTo = AppliesTo.RUNNING


@record
class HistoryRejudged(Happened):
    """What holds now holds as if it had been effective since then: the past is judged anew.

    The judgements before it stay in the log, and are what an earlier instant shows.
    """

    kind: Literal["sla.history_rejudged"] = "sla.history_rejudged"
    since: datetime
    reason: str


@record
class EditTookEffect(Happened):
    """The effective instant of an edit came; `edit` is its version in the book.

    Of an edit that holds at once there is no such event. It changes nothing that is judged; but
    views hear of it, which look at nothing but the log.
    """

    kind: Literal["sla.edit_took_effect"] = "sla.edit_took_effect"
    edit: int


BookEvent: TypeAlias = (
    CalendarSet | CalendarRetired | PolicySet | PolicyRetired | HistoryRejudged | EditTookEffect
)
