"""How an agent works on a ticket: asks, waits, hands over, holds, and at last solves it."""

from datetime import timedelta

from adapters.simulating.case import Case, Story
from commands.add_note import AddNote
from commands.assign import Assign
from commands.escalate import Escalate
from commands.prioritise import Prioritise
from commands.reactions import wake_up
from commands.receive_message import ReceiveMessage
from commands.reply import Reply
from commands.resolve import Resolve
from commands.resume import Resume
from commands.set_field import SetField
from domain.ticket.words import Channel, Priority, Status

_ROOT_CAUSES = ("user", "configuration", "hardware", "software", "supplier", "unknown")


def worked(case: Case) -> Story:
    """From the first look to `resolved`."""
    yield from _turns(case)
    if case.chance(case.topic.asks):
        yield from _asked(case)
    while case.state.status is not Status.RESOLVED:
        if case.chance(0.12):
            yield from _held(case)
        if case.chance(0.15):
            yield from _turns(case)
        if case.chance(0.10):
            yield from _asked(case)
        elif case.chance(0.75):
            yield from _solved(case)


def _turns(case: Case) -> Story:
    """Small things that happen on the way."""
    if case.chance(0.40):
        yield case.by_agent(AddNote(ticket=case.ticket, body=case.tell("notes")), case.effort(0.2))
    if case.chance(0.18):
        yield case.by_agent(
            Reply(ticket=case.ticket, body=case.answer(case.tell("progress"))), case.effort(0.2)
        )
    if case.chance(0.13):
        yield from _handed_over(case)
    if case.chance(0.07):
        yield case.by_requester(
            ReceiveMessage(ticket=case.ticket, body=case.say("impatient"), channel=case.channel),
            case.effort(1.5),
        )
    if case.chance(0.03):
        yield case.by_agent(
            Escalate(
                ticket=case.ticket,
                level=min(case.state.escalation_level + 1, 3),
                reason=case.say("escalations"),
            ),
            case.effort(0.2),
        )
    if case.chance(0.03):
        others = [one for one in Priority if one is not case.state.priority]
        yield case.by_agent(
            Prioritise(
                ticket=case.ticket,
                priority=case.rng.choice(others),
                reason=case.say("override_reasons"),
            ),
            case.effort(0.1),
        )


def _handed_over(case: Case) -> Story:
    before = case.given_to()
    colleague = case.cast.colleague(before, case.rng)
    if case.chance(0.6):
        yield case.by_agent(
            AddNote(ticket=case.ticket, body=case.say("handovers")), case.effort(0.2)
        )
    yield case.by_agent(Assign(ticket=case.ticket, agent=colleague.id), case.some(0.03))
    case.given_to(colleague)


def _asked(case: Case) -> Story:
    """The requester is asked something; most answer, some after a reminder, a few never do."""
    body = case.answer(case.tell("questions"))
    for _ in range(2):
        at = case.given_to().hours.next(case.now + case.effort(0.15), case.rng)
        days = case.rng.choice((2, 3, 5, None, None))
        yield case.by_agent(
            Reply(
                ticket=case.ticket,
                body=body,
                next_status=Status.PENDING,
                wake_at=None if days is None else at + timedelta(days=days),
            ),
            at - case.now,
        )
        answered = case.person.awake.next(case.now + case.some(3.5, 1.3), case.rng)
        if case.chance(0.88) and not (case.state.wake_at and answered >= case.state.wake_at):
            yield case.by_requester(
                ReceiveMessage(ticket=case.ticket, body=case.tell("answers"), channel=case.channel),
                answered - case.now,
            )
            return
        if case.state.wake_at:
            yield case.by_rule(
                wake_up.NAME,
                wake_up.VERSION,
                Resume(ticket=case.ticket, reason="The time to wake up has come."),
                case.state.wake_at,
            )
        else:
            case.now += timedelta(days=2)
        body = case.answer(case.say("reminders"))
    yield case.by_agent(
        Reply(
            ticket=case.ticket,
            body=case.answer(case.say("no_answer")),
            next_status=Status.RESOLVED,
            code="no-answer",
        ),
        timedelta(days=1),
    )


def _held(case: Case) -> Story:
    """A supplier or a date is waited for, until it is there or the ticket wakes up by itself."""
    at = case.given_to().hours.next(case.now + case.effort(0.3), case.rng)
    wake_at = at + timedelta(days=case.rng.choice((1, 2, 3, 7)))
    reason = case.say("holds")
    yield case.by_agent(
        Reply(
            ticket=case.ticket,
            body=case.answer(case.say("hold_replies")),
            next_status=Status.ON_HOLD,
            reason=reason,
            wake_at=wake_at,
        ),
        at - case.now,
    )
    early = case.given_to().hours.next(case.now + case.some(20), case.rng)
    if early < wake_at:
        yield case.by_agent(Resume(ticket=case.ticket, reason=reason), early - case.now)
    else:
        yield case.by_rule(
            wake_up.NAME,
            wake_up.VERSION,
            Resume(ticket=case.ticket, reason="The time to wake up has come."),
            wake_at,
        )


def _solved(case: Case) -> Story:
    if case.chance(0.22):
        yield case.by_agent(
            SetField(ticket=case.ticket, field="root_cause", value=case.rng.choice(_ROOT_CAUSES)),
            case.effort(case.topic.hours / 2),
        )
    article = case.topic.article if case.chance(0.5) else None
    effort = case.effort(case.topic.hours)
    if case.channel is Channel.PHONE and case.chance(0.7):  # told on the phone, noted here
        yield case.by_agent(
            Resolve(
                ticket=case.ticket,
                code=case.topic.code,
                note=case.tell("solutions"),
                article=article,
            ),
            effort,
        )
        return
    yield case.by_agent(
        Reply(
            ticket=case.ticket,
            body=case.answer(case.tell("solutions")),
            next_status=Status.RESOLVED,
            code=case.topic.code,
            article=article,
        ),
        effort,
    )
