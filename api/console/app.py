"""All commands in one list."""

import typer

from api.console.check import check
from api.console.config import config
from api.console.feed import feed
from api.console.health import health
from api.console.import_history import import_history
from api.console.intake import intake
from api.console.kpi import kpi
from api.console.lanes import lanes
from api.console.migrate import migrate
from api.console.openapi import openapi
from api.console.rebuild import rebuild
from api.console.replay import replay
from api.console.retry import retry
from api.console.serve import serve
from api.console.simulate import simulate
from api.console.sla import sla_app
from api.console.status import status
from api.console.user import user
from api.console.what_if import what_if
from api.console.worker import worker

app = typer.Typer(
    name="chronodesk",
    help="An event-sourced help desk: every change is an event, every view can be rebuilt.",
    epilog="Exit codes: 0 all is well, 1 something was found or failed, 2 wrong call, 130 Ctrl-C.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)

_RUN, _DATA, _CARE = "Run", "Data and figures", "Care"

app.command(rich_help_panel=_RUN)(serve)
app.command(rich_help_panel=_RUN)(worker)
app.command("import", rich_help_panel=_DATA)(import_history)
app.command(rich_help_panel=_DATA)(simulate)
app.command(rich_help_panel=_DATA)(replay)
app.command(rich_help_panel=_DATA)(feed)
app.command(rich_help_panel=_DATA)(kpi)
app.command("what-if", rich_help_panel=_DATA)(what_if)
app.add_typer(sla_app, name="sla", rich_help_panel=_DATA)
app.add_typer(config, name="config", rich_help_panel=_DATA)
app.add_typer(user, name="user", rich_help_panel=_RUN)
app.command(rich_help_panel=_CARE)(status)
app.command(rich_help_panel=_CARE)(health)
app.command(rich_help_panel=_CARE)(check)
app.command(rich_help_panel=_CARE)(rebuild)
app.command(rich_help_panel=_CARE)(retry)
app.command(rich_help_panel=_CARE)(migrate)
app.add_typer(intake, name="intake", rich_help_panel=_CARE)
app.add_typer(lanes, name="lanes", rich_help_panel=_CARE)
app.command(rich_help_panel=_CARE)(openapi)
