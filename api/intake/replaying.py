"""Takes dead letters in after all, when what was wrong is mended."""

from collections.abc import Collection, Iterator

from api.intake.arrivals import Unfit, report_in, take
from api.intake.ports import Handed, Takes
from commands.intake_ports import DeadLetters, Ending, Letter, Reason
from commands.ports import Clock
from domain.access import Principal
from domain.record import record


@record
class Replayed:
    """What became of a letter: it was taken in, or is refused still."""

    letter: Letter
    handed: Handed | None = None
    reason: Reason | None = None


def chosen(
    letters: DeadLetters,
    *,
    begin: int = 0,
    only: Collection[int] = (),
    reason: str | None = None,
    settled: bool = False,
) -> list[Letter]:
    """Letters from an offset on, or `only` some, of a reason's code; `settled` ones, too, or not.

    Raises TopicUnavailable.
    """
    return [
        letter
        for letter in letters.letters()
        if letter.offset >= begin
        and (not only or letter.offset in only)
        and reason in (None, letter.reason.code)
        and (settled or letter.ending is None)
    ]


def replay(
    letters: DeadLetters, wanted: Collection[Letter], takes: Takes, who: Principal, clock: Clock
) -> Iterator[Replayed]:
    """Take each in, in their order, and settle those that are taken.

    What the log has already is not done twice; a crash before a letter is settled lets the next
    one find that out. Raises what `Takes` raises but for refusals, and TopicUnavailable.
    """
    for letter in wanted:
        try:
            handed = take(takes, who, report_in(letter.delivery))
        except Unfit as unfit:
            yield Replayed(letter=letter, reason=unfit.reason)
            continue
        if letter.ending is None:
            letters.settle(letter.offset, Ending.REPLAYED, clock.now())
        yield Replayed(letter=letter, handed=handed)
