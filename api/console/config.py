"""`chronodesk config`: views, answers, macros and fields as a file."""

from pathlib import Path
from typing import Annotated

import typer

from api.configured import THINGS, Document, commands_to, written
from api.console.opening import services
from api.console.options import DataDir, Json, Workspace
from api.console.sla_files import CONSOLE, File, ask, home, print_file, read
from api.console.terminal import say
from domain.actor import Actor, ActorKind

config = typer.Typer(
    help="Saved views, canned responses, macros and custom fields.", no_args_is_help=True
)

As = Annotated[
    str | None,
    typer.Option("--as", help="Id of the agent who does it, and who owns what is new."),
]


@config.command("export")
def export(data_dir: DataDir = None, workspace: Workspace = None, json_: Json = False) -> None:
    """Print all that is shared and in use as a file that `import` takes.

    Example: chronodesk config export > desk.yaml
    """
    with services(data_dir, workspace) as opened:
        shown = written(opened.reader(home(opened)))
    print_file({name: things for name, things in shown.items() if things}, as_json=json_)


@config.command("import")
def import_(
    file: File, as_: As = None, data_dir: DataDir = None, workspace: Workspace = None
) -> None:
    """Make everything what a file says; what it does not speak of stays as it is.

    The same file twice changes nothing the second time.

    Example: chronodesk config import desk.yaml --as agent-005
    """
    by = CONSOLE if as_ is None else Actor(kind=ActorKind.AGENT, id=as_)
    document = read(file, Document)
    done = 0
    with services(data_dir, workspace) as opened:
        for command in commands_to(opened, document):
            done += bool(ask(opened, command, by).events)
    things = sum(len(getattr(document, name)) for name in THINGS)
    say(f"{things} things in {Path(file).name}; {done} changes were written.")
