"""`chronodesk sla`: what is promised, and how it is kept."""

import typer

from api.console.explain import explain

sla_app = typer.Typer(
    help="Calendars, policies and clocks.", no_args_is_help=True, rich_markup_mode="rich"
)
sla_app.command()(explain)
