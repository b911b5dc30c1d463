"""`chronodesk sla calendars`: when time counts."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from api.bodies import body_of, values_of
from api.console.opening import services
from api.console.options import DataDir, Json, Workspace, instant
from api.console.sla_files import (
    AsOf,
    EffectiveAt,
    File,
    NewTickets,
    ask,
    book_in,
    print_file,
    print_history,
    read,
    said,
)
from api.console.terminal import fail, print_json, print_table, say
from api.sla_book import calendar_definition, calendar_shown, calendars_shown
from commands.sla.calendars import RestoreCalendar, RetireCalendar, SetCalendar
from domain.errors import Invalid
from domain.ids import CalendarId
from domain.record import with_changes
from domain.sla.editions import calendar_edition
from domain.sla.policy import AppliesTo

calendars = typer.Typer(help="When time counts.", no_args_is_help=True)

_BODY = body_of(SetCalendar)
Id = Annotated[str, typer.Argument(help="Id of a calendar.")]


@calendars.command("list")
def list_(
    as_of: AsOf = None,
    data_dir: DataDir = None,
    workspace: Workspace = None,
    json_: Json = False,
) -> None:
    """List all calendars, and the policies that count on each.

    Example: chronodesk sla calendars list
    """
    with services(data_dir, workspace) as opened:
        at = opened.clock.now() if as_of is None else instant(as_of)
        shown = calendars_shown(book_in(opened).known_at(at), at)
    if json_:
        print_json(shown)
        return
    print_table(
        ("calendar", "version", "name", "zone", "policies", "state"),
        [
            (
                one["calendar"],
                one["version"],
                one["display_name"],
                one["zone"],
                ", ".join(one["policies"]),
                _state(one),
            )
            for one in shown
        ],
    )


def _state(shown: dict[str, Any]) -> str:
    if shown["retired"]:
        return "retired"
    coming = ", ".join(map(str, shown["coming"]))
    return f"version {coming} to come" if coming else "in force"


@calendars.command()
def show(
    calendar: Id,
    version: Annotated[int | None, typer.Option(help="That version; 0 is built in.")] = None,
    as_of: AsOf = None,
    data_dir: DataDir = None,
    workspace: Workspace = None,
    json_: Json = False,
) -> None:
    """Print a calendar as a file that `set` takes.

    Example: chronodesk sla calendars show office-hours > office.yaml
    """
    ident = CalendarId(calendar)
    with services(data_dir, workspace) as opened:
        at = opened.clock.now() if as_of is None else instant(as_of)
        book = book_in(opened).known_at(at)
        if version is None:
            dated = book.calendar_at(ident, at)
            version = None if dated is None else dated.version
        edit = None if version is None else calendar_edition(book, ident, version)
    if edit is None:
        fail(
            f"There is no such version of calendar {calendar!r}. See: chronodesk sla calendars list"
        )
    say(f"Version {version} of calendar {calendar}.")
    print_file({"calendar": calendar, **calendar_definition(edit)}, as_json=json_)


@calendars.command("set")
def set_(
    file: File,
    effective_at: EffectiveAt = None,
    new_tickets: NewTickets = False,
    data_dir: DataDir = None,
    workspace: Workspace = None,
) -> None:
    """Set a calendar to what a file says.

    What was judged stays as it was judged. Options given here go before what the file says.

    Example: chronodesk sla calendars set office.yaml --effective-at 2027-01-01T00:00:00+09:00
    """
    body = read(file, _BODY)
    command = SetCalendar(**values_of(body, SetCalendar))
    if effective_at is not None:
        command = with_changes(command, effective_at=instant(effective_at))
    if new_tickets:
        command = with_changes(command, applies_to=AppliesTo.NEW_TICKETS)
    with services(data_dir, workspace) as opened:
        outcome = ask(opened, command)
    say(said(outcome, f"Calendar {command.calendar}", "was set"))


@calendars.command()
def retire(calendar: Id, data_dir: DataDir = None, workspace: Workspace = None) -> None:
    """Let no policy name a calendar any more.

    Example: chronodesk sla calendars retire old-office
    """
    with services(data_dir, workspace) as opened:
        outcome = ask(opened, RetireCalendar(calendar=CalendarId(calendar)))
    say(said(outcome, f"Calendar {calendar}", "was retired"))


@calendars.command()
def restore(
    calendar: Id,
    version: Annotated[int, typer.Option(help="The version to take over; 0 is built in.")],
    effective_at: EffectiveAt = None,
    new_tickets: NewTickets = False,
    data_dir: DataDir = None,
    workspace: Workspace = None,
) -> None:
    """Set a calendar to what it was in an earlier version: undo an edit.

    Example: chronodesk sla calendars restore office-hours --version 0
    """
    command = RestoreCalendar(
        calendar=CalendarId(calendar),
        version=version,
        effective_at=None if effective_at is None else instant(effective_at),
        applies_to=AppliesTo.NEW_TICKETS if new_tickets else AppliesTo.RUNNING,
    )
    with services(data_dir, workspace) as opened:
        outcome = ask(opened, command)
    say(said(outcome, f"Calendar {calendar}", f"is again what it was in version {version}"))


@calendars.command()
def history(
    calendar: Id, data_dir: DataDir = None, workspace: Workspace = None, json_: Json = False
) -> None:
    """List all versions of a calendar: who set them, when, and from when on they hold.

    Example: chronodesk sla calendars history office-hours
    """
    with services(data_dir, workspace) as opened:
        shown = calendar_shown(book_in(opened), CalendarId(calendar), opened.clock.now())
    if shown is None:
        fail(f"There is no calendar {calendar!r}. See: chronodesk sla calendars list")
    print_history(shown, as_json=json_)


@calendars.command()
def holidays(
    year: Annotated[int, typer.Option(help="The year, or the first one.")],
    to_year: Annotated[
        int | None, typer.Option(help="The last year.", show_default="the first one")
    ] = None,
    country: Annotated[str | None, typer.Option(help="ISO 3166 code, such as KR.")] = None,
    region: Annotated[str | None, typer.Option(help="ISO 3166-2 code, such as BY.")] = None,
    language: Annotated[str, typer.Option(help="Of the names, such as en_US.")] = "",
    file: Annotated[
        Path | None, typer.Option(help="An iCalendar file.", exists=True, dir_okay=False)
    ] = None,
    json_: Json = False,
) -> None:
    """Print public holidays, or those of an iCalendar, as lines for a calendar's file.

    Example: chronodesk sla calendars holidays --country KR --year 2027

    Example: chronodesk sla calendars holidays --file company.ics --year 2027 --to-year 2030
    """
    from api.main import holiday_source

    source, last = holiday_source(), year if to_year is None else to_year
    left_out: Sequence[str] = ()
    try:
        if country is not None and file is None:
            found = source.public_holidays(country, year, last, region=region, language=language)
        elif file is not None and country is None:
            listed = source.from_icalendar(file.read_bytes(), year, last)
            found, left_out = listed.holidays, listed.left_out
        else:
            raise typer.BadParameter("Give either --country or --file.")
    except Invalid as refused:
        fail(f"{refused.details['field']}: {refused.message}")
    if left_out:
        say(f"Left out, as no day can be told: {', '.join(left_out)}.")
    if not found:
        say(f"There are none from {year} to {last}.")
    print_file({"holidays": found}, as_json=json_)
