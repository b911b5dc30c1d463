"""Calendars and policies: as they are, were and will be, and what they would do."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from domain.actor import Actor
from domain.calendar import Holiday
from domain.conditions import Condition
from domain.record import record
from domain.sla.policy import AppliesTo, Options, Promise
from projections.sla_board import BoardTicket


@record
class OpeningHours:
    """A day with windows of its own, such as `09:00-12:00`."""

    day: date
    name: str
    windows: tuple[str, ...]


@record
class CalendarDefinition:
    """The body of `set_calendar` that would say the same. `weekly` has windows by weekday."""

    display_name: str
    zone: str
    weekly: dict[str, tuple[str, ...]]
    holidays: tuple[Holiday, ...]
    openings: tuple[OpeningHours, ...]


@record
class PolicyDefinition:
    """The body of `set_policy` that would say the same."""

    display_name: str
    rank: int
    condition: Condition
    promises: tuple[Promise, ...]
    options: Options


@record
class Edition:
    """A version of a calendar or a policy. Of a built-in one nobody says who made it, and when."""

    version: int
    by: Actor | None
    recorded_at: datetime | None
    change: Literal["set", "retired"]
    effective_at: datetime | None
    applies_to: AppliesTo | None


@record
class Rejudgement:
    """When history was judged anew: what held by then holds since `since`."""

    since: datetime
    recorded_at: datetime
    by: Actor
    reason: str


@record
class CalendarLine:
    """A calendar at an instant; null is what there was none of by then.

    `policies` count on it; `coming` are versions that hold later.
    """

    calendar: str
    version: int | None
    display_name: str | None
    zone: str | None
    retired: bool
    policies: tuple[str, ...]
    coming: tuple[int, ...]


@record
class Calendars:
    """All calendars at an instant."""

    items: tuple[CalendarLine, ...]
    as_of: datetime


@record
class Calendar(CalendarLine):
    """A calendar at an instant, and all its versions."""

    definition: CalendarDefinition | None
    versions: tuple[Edition, ...]
    rejudged: tuple[Rejudgement, ...]
    as_of: datetime


@record
class CalendarTime:
    """What a calendar makes of `from`. `elapsed` open seconds lie between it and `until`.

    `due` is when so many `seconds` that were open are over. Null is what was not asked for, and
    an instant that does not come in the years the calendar is laid out for.
    """

    calendar: str
    version: int
    start: Annotated[datetime, Field(serialization_alias="from")]
    is_open: bool
    next_opening: datetime | None
    next_closing: datetime | None
    until: datetime | None
    elapsed: float | None
    seconds: float | None
    due: datetime | None


@record
class PolicyLine:
    """A policy at an instant; null is what there was none of by then."""

    policy: str
    version: int | None
    retired: bool
    in_words: str | None
    definition: PolicyDefinition | None
    coming: tuple[int, ...]


@record
class PolicyNotInForce:
    """A policy that is retired, or still to come."""

    policy: str
    retired: bool
    coming: tuple[int, ...]


@record
class Policies:
    """The policies at an instant, in the order in which they are tried."""

    items: tuple[PolicyLine, ...]
    not_in_force: tuple[PolicyNotInForce, ...]
    as_of: datetime


@record
class Policy(PolicyLine):
    """A policy at an instant, and all its versions."""

    versions: tuple[Edition, ...]
    rejudged: tuple[Rejudgement, ...]
    as_of: datetime


@record
class Preview:
    """The tickets that a condition holds for: `matched` of the `looked_at` latest ones."""

    in_words: str
    matched: int
    looked_at: int
    tickets: tuple[BoardTicket, ...]


@record
class Countries:
    """ISO 3166 codes of the countries whose public holidays are known, and of their regions."""

    countries: dict[str, tuple[str, ...]]


@record
class PublicHolidays:
    """The public holidays of a country, or of a region of it."""

    country: str
    region: str | None
    holidays: tuple[Holiday, ...]


@record
class HolidaysFound:
    """The holidays of an iCalendar; `left_out` names the entries that are none."""

    holidays: tuple[Holiday, ...]
    left_out: tuple[str, ...]
