"""`chronodesk intake`: reports that came by Kafka and were refused, and what to do with them."""

from typing import Annotated

import typer

from api.console.opening import services
from api.console.options import DataDir, Json
from api.console.terminal import print_json, print_table, progress, say
from api.intake.ports import Consumes
from api.intake.replaying import Replayed, chosen, replay
from api.services import Services
from api.settings import WrongSettings
from commands.intake_ports import Ending, Letter, Reason
from domain.record import record

intake = typer.Typer(
    help="Reports of other systems that came by Kafka and were refused.", no_args_is_help=True
)

SHOWN = 20

From = Annotated[
    int, typer.Option("--from", min=0, metavar="OFFSET", help="First letter, by its offset.")
]
WhyRefused = Annotated[
    str | None, typer.Option("--reason", help="Only these, such as not-found or invalid.")
]


@intake.command()
def dead(
    limit: Annotated[int, typer.Option(min=1, help="How many, the latest ones.")] = SHOWN,
    from_: From = 0,
    reason: WhyRefused = None,
    all_: Annotated[
        bool, typer.Option("--all", help="Also what was replayed or dismissed.")
    ] = False,
    data_dir: DataDir = None,
    json_: Json = False,
) -> None:
    """Show dead letters: reports that were refused, why, and what to do.

    Example: chronodesk intake dead --reason not-found --json | jq '.[].value'
    """
    with services(data_dir) as opened:
        consumer = _consumer(opened)
        letters = chosen(consumer.letters, begin=from_, reason=reason, settled=all_)
    shown = letters[-limit:]
    if json_:
        print_json([_told(letter) for letter in shown])
        return
    print_table(
        ("letter", "refused at", "reason", "field", "message", "what to do", "left at", "became"),
        [
            (
                letter.offset,
                f"{letter.refused_at:%Y-%m-%d %H:%M:%S}Z",
                letter.reason.code,
                letter.reason.field or None,
                letter.reason.message,
                letter.reason.what_to_do,
                f"{letter.delivery.partition}:{letter.delivery.offset}",
                letter.ending.value if letter.ending else None,
            )
            for letter in shown
        ],
    )
    if len(shown) < len(letters):
        say(f"{len(letters) - len(shown):,} earlier ones: --limit shows more.")
    if not letters:
        say("There are none.")


@intake.command("replay")
def replay_(
    from_: From = 0,
    reason: WhyRefused = None,
    again: Annotated[
        bool, typer.Option("--again", help="Also what was replayed or dismissed before.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be replayed.")
    ] = False,
    data_dir: DataDir = None,
    json_: Json = False,
) -> None:
    """Take dead letters in after all, in their order, when what was wrong is mended.

    What is refused again stays; what is taken in is settled, and never replayed again unless asked.
    Whatever the log has already is not done twice.

    Exit code 1 when some are refused still.

    Example: chronodesk intake replay --reason not-found --dry-run
    """
    with services(data_dir) as opened:
        consumer = _consumer(opened)
        who = consumer.who()
        letters = chosen(consumer.letters, begin=from_, reason=reason, settled=again)
        done = []
        if not dry_run:
            with progress("Replaying") as advance:
                work = replay(consumer.letters, letters, opened.intake, who, opened.clock)
                for one in work:
                    done.append(one)
                    advance(len(done), len(letters))
            consumer.letters.close()
    if dry_run:
        done = [Replayed(letter=letter) for letter in letters]
    refused = sum(one.reason is not None for one in done)
    if json_:
        print_json([_outcome(one).as_json() for one in done])
    else:
        print_table(
            ("letter", "became", "ticket", "reason", "field", "message"),
            [_outcome(one).as_row() for one in done],
        )
    say(_summary(len(letters), refused, dry_run=dry_run))
    if refused:
        raise typer.Exit(1)


@intake.command()
def dismiss(
    offsets: Annotated[list[int], typer.Argument(min=0, help="Letters, by their offsets.")],
    data_dir: DataDir = None,
) -> None:
    """Settle dead letters without taking them in, such as after the sender has sent better ones.

    They stay in the topic, and are not shown, counted or replayed any more unless asked for.

    Example: chronodesk intake dismiss 4 7
    """
    with services(data_dir) as opened:
        consumer = _consumer(opened)
        letters = chosen(consumer.letters, only=frozenset(offsets))
        for letter in letters:
            consumer.letters.settle(letter.offset, Ending.DISMISSED, opened.clock.now())
        consumer.letters.close()
    open_ones = {letter.offset for letter in letters}
    unknown = [str(offset) for offset in offsets if offset not in open_ones]
    say(f"Dismissed: {len(letters):,}.")
    if unknown:
        raise typer.BadParameter(f"There is no open letter {', '.join(unknown)}.")


@record
class _Outcome:
    letter: int
    became: str
    ticket: int | None
    reason: Reason | None

    def as_row(self) -> tuple[object, ...]:
        why = self.reason
        said = (None,) * 3 if why is None else (why.code, why.field or None, why.message)
        return (self.letter, self.became, self.ticket, *said)

    def as_json(self) -> dict[str, object]:
        return {
            "letter": self.letter,
            "became": self.became,
            "ticket": self.ticket,
            "reason": self.reason and _why(self.reason),
        }


def _outcome(one: Replayed) -> _Outcome:
    became = "to be replayed"
    if one.reason is not None:
        became = "refused"
    elif one.handed is not None:
        became = "taken in before" if one.handed.repeated else one.handed.taken.value
    return _Outcome(
        letter=one.letter.offset,
        became=became,
        ticket=None if one.handed is None else one.handed.number,
        reason=one.reason,
    )


def _summary(count: int, refused: int, *, dry_run: bool) -> str:
    if not count:
        return "There is nothing to replay."
    if dry_run:
        return f"{count:,} would be replayed."
    return f"Taken in: {count - refused:,}. Refused still: {refused:,}."


def _told(letter: Letter) -> dict[str, object]:
    delivery = letter.delivery
    return {
        "letter": letter.offset,
        "refused_at": letter.refused_at,
        "reason": _why(letter.reason),
        "partition": delivery.partition,
        "offset": delivery.offset,
        "at": delivery.at,
        "key": _text(delivery.key),
        "value": _text(delivery.value),
        "became": letter.ending,
    }


def _why(reason: Reason) -> dict[str, str]:
    return {
        "code": reason.code,
        "field": reason.field,
        "message": reason.message,
        "what_to_do": reason.what_to_do,
    }


def _text(sent: bytes | None) -> str | None:
    return None if sent is None else sent.decode(errors="backslashreplace")


def _consumer(opened: Services) -> Consumes:
    if opened.consumer is None:
        raise WrongSettings(
            "There is no topic of intake: name brokers by CHRONODESK_KAFKA__SERVERS, such as"
            " kafka-1:9092,kafka-2:9092."
        )
    return opened.consumer
