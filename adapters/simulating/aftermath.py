"""What happens to a resolved ticket: a survey, a rating, a comeback, and in the end it closes."""

from datetime import timedelta

from adapters.simulating.case import Case, Story
from adapters.simulating.desk import Step
from adapters.simulating.working import worked
from commands.ask_satisfaction import AskSatisfaction
from commands.close import Close
from commands.rate import Rate
from commands.reactions import close_resolved
from commands.receive_message import ReceiveMessage
from domain.desk.rules import DeskRules
from domain.ticket.words import Status

_SCORES = {False: (2, 3, 9, 32, 54), True: (14, 18, 24, 26, 18)}
"""Weights of the scores 1 to 5; True: it took several attempts."""

_POSITIVE = 4  # scores from here on count as positive
_SURVEY = "ask_satisfaction"
_CLOSE_AFTER = DeskRules().close_after


def settled(case: Case) -> Story:
    """From `resolved` to `closed`, perhaps by way of another round of work."""
    while True:
        resolved_at = case.now
        if case.chance(0.6):
            yield case.by_rule(
                _SURVEY, 1, AskSatisfaction(ticket=case.ticket), case.now + timedelta(minutes=10)
            )
            if case.chance(0.38):
                yield _rating(case)
        if not case.chance(0.065 / (1 + case.state.reopened)):
            break
        back = case.person.awake.next(case.now + case.some(14, 1), case.rng)
        if back - resolved_at > _CLOSE_AFTER:
            break
        yield case.by_requester(
            ReceiveMessage(
                ticket=case.ticket, body=case.letter(case.say("unhappy")), channel=case.channel
            ),
            back - case.now,
        )
        yield from worked(case)
    if case.chance(0.14):
        confirmed = case.person.awake.next(case.now + case.some(5), case.rng)
        if confirmed < resolved_at + _CLOSE_AFTER:
            yield case.by_requester(Close(ticket=case.ticket), confirmed - case.now)
            return
    if case.state.status is Status.RESOLVED:
        yield case.by_rule(
            close_resolved.NAME,
            close_resolved.VERSION,
            Close(ticket=case.ticket),
            resolved_at + _CLOSE_AFTER,
        )


def _rating(case: Case) -> Step:
    poor = case.state.reopened > 0 or case.now - (case.state.opened_at or case.now) > timedelta(
        days=6
    )
    score = case.rng.choices((1, 2, 3, 4, 5), _SCORES[poor])[0]
    comment = case.say("praise" if score >= _POSITIVE else "complaints")
    return case.by_requester(
        Rate(ticket=case.ticket, score=score, comment=comment), case.some(6, 1.1)
    )
