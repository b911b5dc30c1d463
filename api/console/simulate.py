"""`chronodesk simulate`: write plausible histories into the log."""

import time
from typing import Annotated

import typer

from api.console.opening import services
from api.console.options import DataDir, Json, Workspace, instant
from api.console.terminal import fail, print_json, progress, say


def simulate(
    tickets: Annotated[int, typer.Option(min=0, help="How many tickets to open.")],
    start: Annotated[str, typer.Option("--from", help="First day or instant (included).")],
    end: Annotated[str, typer.Option("--to", help="Last day or instant (excluded).")],
    seed: Annotated[int, typer.Option(help="The same seed tells the same stories.")] = 1,
    zone: Annotated[str, typer.Option(help="Time zone of dates without one.")] = "Asia/Seoul",
    data_dir: DataDir = None,
    workspace: Workspace = None,
    json_: Json = False,
) -> None:
    """Write plausible histories into the log: a busy help desk, in Korean and English.

    The same call again adds nothing; an interrupted one goes on where it stopped. All cores are
    used, and the stories do not depend on how many there are.

    Example: chronodesk simulate --tickets 5000 --seed 7 --from 2026-01-01 --to 2026-04-01

    A large one: chronodesk simulate --tickets 1000000 --from 2025-01-01 --to 2026-01-01 --json
    """
    from api.wiring.histories import tell_histories

    first, last = instant(start, zone), instant(end, zone)
    told = events = 0
    begun = time.monotonic()

    with services(data_dir, workspace) as opened, progress("tickets") as advance:

        def tell(more_tickets: int, more_events: int) -> None:
            nonlocal told, events
            told += more_tickets
            events += more_events
            speed = events / (time.monotonic() - begun)
            advance(told, tickets, f"{speed:,.0f} events/s")

        try:
            written = tell_histories(
                opened, tickets=tickets, seed=seed, start=first, end=last, progress=tell
            )
        except ValueError as error:
            fail(str(error))
    if json_:
        print_json(
            {
                "tickets": written.tickets,
                "events": written.events,
                "commands": written.commands,
                "already_there": written.known,
                "refused": written.refused,
            }
        )
        return
    say(
        f"{written.tickets:,} tickets opened, {written.events:,} events written; "
        f"{written.known:,} commands were there already. "
        "The views follow while `chronodesk serve` or `chronodesk worker` runs."
    )
