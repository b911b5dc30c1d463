"""`chronodesk sla`: what is promised, and how it is kept."""

import typer

from api.console.calendars import calendars
from api.console.explain import explain
from api.console.policies import policies
from api.console.rejudge import rejudge

sla_app = typer.Typer(
    help="Calendars, policies and clocks.", no_args_is_help=True, rich_markup_mode="rich"
)
sla_app.command()(explain)
sla_app.command()(rejudge)
sla_app.add_typer(calendars, name="calendars")
sla_app.add_typer(policies, name="policies")
