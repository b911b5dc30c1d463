"""`chronodesk check`: is the log what it promises to be, and are the views what the log says?"""

from typing import Annotated

import typer

from api.console.opening import services
from api.console.options import DataDir, Json
from api.console.terminal import Advance, complain, print_json, progress, say
from api.services import Services
from projections.rebuild import Rebuilding
from projections.verify import verify


def check(
    log_only: Annotated[
        bool, typer.Option("--log-only", help="Leave the views out, which takes most of the time.")
    ] = False,
    data_dir: DataDir = None,
    json_: Json = False,
) -> None:
    """Verify the log's invariants, and that every view equals a fold of the log from zero.

    Harmless while others work. Exit code 1 when there is a finding.

    Example: chronodesk check --json
    """
    from api.wiring.database import check_log

    with services(data_dir) as opened:
        with progress("log") as advance:
            findings = [
                {"where": fault.place, "rule": fault.rule, "detail": fault.detail}
                for fault in check_log(opened, advance)
            ]
        events = sum(head for _, head in opened.feed.head().lanes)
        if not log_only:
            findings += _views(opened)
    if json_:
        print_json({"events": events, "findings": findings})
    for finding in () if json_ else findings:
        complain(f"{finding['where']}: {finding['rule']}: {finding['detail']}")
    if findings:
        raise typer.Exit(1)
    if not json_:
        say(f"No fault found in {events:,} events" + (" (views not checked)." * log_only or "."))


def _views(opened: Services) -> list[dict[str, str]]:
    findings = []
    for projection in opened.projections:
        with progress(projection.name) as advance:

            def show(now: Rebuilding, advance: Advance = advance) -> None:
                advance(now.done, now.total)

            verified = verify(projection, opened.feed, opened.rows, show, loader=opened.loader(2))
        if verified is None:
            say(f"{projection.name} is being built by another process, and was not checked.")
            continue
        findings += [
            {
                "where": f"view {projection.name}, {found.table} {found.key}",
                "rule": "a view is what the log says",
                "detail": f"it shows {found.live}, the log says {found.recomputed}",
            }
            for found in verified.differences
        ]
        findings += [
            {
                "where": f"view {projection.name}, {parked.stream} version {parked.stream_version}",
                "rule": "a view takes every event",
                "detail": parked.reason,
            }
            for parked in verified.parked
        ]
    return findings
