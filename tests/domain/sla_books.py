"""Books for property tests: random calendars, policies and edits in odd zones."""

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from domain.calendar import DAY, WHOLE_DAY
from domain.conditions import ALWAYS, Comparison, Condition, NoneOf, Op
from domain.ids import (
    CalendarId,
    PolicyId,
    QueueId,
)
from domain.sla.book_events import (
    BookEvent,
    CalendarSet,
    HistoryRejudged,
    PolicyRetired,
    PolicySet,
    Week,
)
from domain.sla.policy import (
    AppliesTo,
    BotReply,
    ClockName,
    FollowUp,
    OnBehalf,
    OnChange,
    OnMerge,
    OnReopen,
    Options,
    Promise,
    Step,
    Target,
)
from domain.ticket.words import Category, Priority
from tests.domain.slow_calendar import at_minute
from tests.given import KIM

OPENS = 6 * 24 * 60
"""The minute at which tickets are opened: 26 March 2026."""

_NINE_TO_SIX = ((9 * 3600, 18 * 3600),)
_LUNCH = ((9 * 3600, 12 * 3600), (13 * 3600, 17 * 3600 + 1800))
_NIGHT = ((22 * 3600, DAY + 6 * 3600),)
_NO = ()
_WEEKS: Sequence[tuple[str, Week]] = (
    ("Asia/Seoul", (_NINE_TO_SIX,) * 5 + (_NO, _NO)),
    ("Europe/Berlin", (_LUNCH,) * 6 + (_NO,)),
    ("Europe/Berlin", (_NIGHT,) * 7),
    ("Australia/Lord_Howe", (_NO, _NINE_TO_SIX, _NO, _NIGHT, _NO, WHOLE_DAY, _NO)),
    ("Asia/Kathmandu", (WHOLE_DAY,) * 5 + (_NO, _NO)),
    ("America/St_Johns", (_LUNCH,) * 7),
)

GAPS = st.sampled_from([0, 0, 1, 5, 30, 45, 60, 90, 120, 240, 480, 600, 1440, 2880])
_TARGETS = st.sampled_from([4, 12, 32, 60, 120, 240, 480, 960])
"""Minutes, of which a quarter is a whole number of them."""
_PAUSES = st.sampled_from(
    [
        frozenset[Category](),
        frozenset({Category.WAITING_REQUESTER}),
        frozenset({Category.WAITING_REQUESTER, Category.WAITING_THIRD_PARTY}),
    ]
)
_APPLIES_TO = st.sampled_from([AppliesTo.RUNNING, AppliesTo.RUNNING, AppliesTo.NEW_TICKETS])
_CALENDARS = st.sampled_from(["24x7", "24x7", "office-hours", "a", "b"])
_CONDITIONS: st.SearchStrategy[Condition] = st.sampled_from(
    [
        ALWAYS,
        Comparison(attribute="priority", op=Op.IS, values=("urgent", "high")),
        Comparison(attribute="queue", op=Op.IS, values=("hardware",)),
        NoneOf(none=(Comparison(attribute="category", op=Op.IS, values=("printer",)),)),
    ]
)
_OPTIONS = st.builds(
    Options,
    on_change=st.sampled_from(OnChange),
    on_reopen=st.sampled_from(OnReopen),
    on_merge=st.sampled_from(OnMerge),
    follow_up=st.sampled_from(FollowUp),
    bot_reply=st.sampled_from(BotReply),
    on_behalf=st.sampled_from(OnBehalf),
)
_STEPS = st.sampled_from(
    [(), (), (Step(name="half", share=0.5),), (Step(name="after", after=1800.0),)]
)


@st.composite
def _promises(draw: st.DrawFn) -> tuple[Promise, ...]:
    """Of some clocks, each for two priorities or more."""
    made = []
    for clock in draw(st.lists(st.sampled_from(ClockName), unique=True, min_size=3)):
        seconds, calendar = draw(_TARGETS) * 60, CalendarId(draw(_CALENDARS))
        targets = {
            Priority.NORMAL: Target(seconds=seconds, calendar=calendar),
            Priority.URGENT: Target(seconds=seconds / 2, calendar=CalendarId("24x7")),
        }
        if draw(st.booleans()):
            targets[Priority.HIGH] = Target(seconds=seconds, calendar=calendar)
        made.append(
            Promise(
                clock=clock,
                targets=targets,
                paused_in=draw(_PAUSES),
                counts_resolved=draw(st.booleans()),
                steps=draw(_STEPS),
                queues=(QueueId("billing"),)
                if clock is ClockName.HANDLING and draw(st.booleans())
                else (),
            )
        )
    return tuple(made)


@st.composite
def edits(draw: st.DrawFn, known: int, effective: int) -> BookEvent:
    """A new version of a calendar or a policy, or the end of a policy."""
    of: dict[str, Any] = {
        "effective_at": at_minute(effective),
        "applies_to": draw(_APPLIES_TO),
        "by": KIM,
        "at": at_minute(known),
    }
    kind = draw(st.sampled_from(["calendar", "policy", "policy", "policy", "retired"]))
    if kind == "calendar":
        zone, weekly = draw(st.sampled_from(_WEEKS))
        ident = draw(st.sampled_from(["a", "b"]))
        return CalendarSet(calendar=CalendarId(ident), name=ident, zone=zone, weekly=weekly, **of)
    ident = draw(st.sampled_from(["p", "q", "default"]))
    if kind == "retired":
        return PolicyRetired(policy=PolicyId(ident), **of)
    return PolicySet(
        policy=PolicyId(ident),
        name=ident,
        rank=draw(st.integers(1, 3)),
        condition=draw(_CONDITIONS),
        promises=draw(_promises()),
        options=draw(_OPTIONS),
        **of,
    )


@st.composite
def books(draw: st.DrawFn, *, rejudged: bool = True) -> Sequence[BookEvent]:
    """A few edits before the ticket is opened, and a few around and after that."""
    made: list[BookEvent] = []
    for ident in ("a", "b"):
        zone, weekly = draw(st.sampled_from(_WEEKS))
        made.append(
            CalendarSet(
                calendar=CalendarId(ident),
                name=ident,
                zone=zone,
                weekly=weekly,
                effective_at=at_minute(0),
                by=KIM,
                at=at_minute(0),
            )
        )
    made += draw(st.lists(edits(10, 10), max_size=2))
    now = OPENS - 120
    for _ in range(draw(st.integers(0, 4) | st.integers(2, 4))):
        now += draw(GAPS)
        if rejudged and draw(st.integers(0, 7)) == 0:
            since = at_minute(now - draw(st.integers(0, 3000)))
            made.append(HistoryRejudged(since=since, reason="Wrong.", by=KIM, at=at_minute(now)))
        else:
            made.append(draw(edits(now, now + draw(GAPS))))
    return made
