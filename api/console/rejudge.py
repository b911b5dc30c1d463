"""`chronodesk sla rejudge`: judge the past anew."""

from typing import Annotated

import typer

from api.console.opening import services
from api.console.options import DataDir, Workspace, instant
from api.console.sla_files import ask
from api.console.terminal import say
from commands.sla.rejudge import RejudgeHistory


def rejudge(
    since: Annotated[str, typer.Option(help="The day or instant from which on.")],
    reason: Annotated[str, typer.Option(help="Why, in a sentence. It stays in the history.")],
    data_dir: DataDir = None,
    workspace: Workspace = None,
) -> None:
    """Judge the past anew: what holds now is taken to have held since then.

    What was announced stays announced, and an earlier instant still shows what was known then. Try
    it before with `chronodesk what-if`.

    Example: chronodesk sla rejudge --since 2026-05-01 --reason "The holidays of May were missing."
    """
    command = RejudgeHistory(since=instant(since), reason=reason)
    with services(data_dir, workspace) as opened:
        outcome = ask(opened, command)
    if outcome.events:
        say(f"History since {since} is judged anew. Views follow when a worker runs.")
    else:
        say(f"Nothing has changed since {since}; nothing was written.")
