"""`chronodesk sla policies`: what is promised, and for which tickets."""

from typing import Annotated

import typer
from pydantic import ConfigDict

from api.bodies import Body, Conditions, body_of, values_of
from api.console.opening import services
from api.console.options import DataDir, Json, Workspace, instant
from api.console.sla_files import (
    AsOf,
    EffectiveAt,
    File,
    NewTickets,
    ask,
    book_in,
    home,
    print_file,
    print_history,
    read,
    said,
)
from api.console.terminal import complain, fail, print_table, say
from api.sla_book import (
    policies_not_in_force,
    policies_shown,
    policy_definition,
    policy_shown,
)
from commands.sla.policies import RestorePolicy, RetirePolicy, SetPolicy
from domain.conditions import in_words, problems
from domain.ids import PolicyId
from domain.record import with_changes
from domain.sla.editions import policy_edition
from domain.sla.policy import AppliesTo
from projections import sla_board

policies = typer.Typer(help="What is promised, and for which tickets.", no_args_is_help=True)

_BODY = body_of(SetPolicy)
Id = Annotated[str, typer.Argument(help="Id of a policy.")]


class _Conditional(Body):
    """A file of which nothing matters but the condition."""

    model_config = ConfigDict(extra="ignore")

    condition: Conditions


@policies.command("list")
def list_(
    as_of: AsOf = None,
    data_dir: DataDir = None,
    workspace: Workspace = None,
    json_: Json = False,
) -> None:
    """List the policies in the order in which they are tried, and then those not in force.

    Example: chronodesk sla policies list
    """
    with services(data_dir, workspace) as opened:
        at = opened.clock.now() if as_of is None else instant(as_of)
        book = book_in(opened).known_at(at)
        shown, others = policies_shown(book, at), policies_not_in_force(book, at)
    if json_:
        print_file({"items": shown, "not_in_force": others}, as_json=True)
        return
    if not shown:
        say("No policy is in force: nothing is promised for new tickets.")
    rows: list[tuple[object, ...]] = [
        (
            one["definition"]["rank"],
            one["policy"],
            one["version"],
            one["in_words"],
            ", ".join(dict.fromkeys(p.clock.value for p in one["definition"]["promises"])),
            _coming(one["coming"]) or "in force",
        )
        for one in shown
    ]
    rows += [
        (None, one["policy"], None, None, None, _coming(one["coming"]) or "retired")
        for one in others
    ]
    print_table(("rank", "policy", "version", "for tickets", "clocks", "state"), rows)


def _coming(versions: list[int]) -> str:
    return f"version {', '.join(map(str, versions))} to come" if versions else ""


@policies.command()
def show(
    policy: Id,
    version: Annotated[int | None, typer.Option(help="That version; 0 is built in.")] = None,
    as_of: AsOf = None,
    data_dir: DataDir = None,
    workspace: Workspace = None,
    json_: Json = False,
) -> None:
    """Print a policy as a file that `set` takes.

    Example: chronodesk sla policies show default > default.yaml
    """
    ident = PolicyId(policy)
    with services(data_dir, workspace) as opened:
        at = opened.clock.now() if as_of is None else instant(as_of)
        book = book_in(opened).known_at(at)
        if version is None:
            dated = book.policy_at(ident, at)
            version = None if dated is None else dated.version
        edit = None if version is None else policy_edition(book, ident, version)
    if edit is None:
        fail(
            f"Policy {policy!r} has no such version, or is not in force."
            f" See: chronodesk sla policies history {policy}"
        )
    say(f"Version {version} of policy {policy}.")
    print_file({"policy": policy, **policy_definition(edit)}, as_json=json_)


@policies.command("set")
def set_(
    file: File,
    effective_at: EffectiveAt = None,
    new_tickets: NewTickets = False,
    data_dir: DataDir = None,
    workspace: Workspace = None,
) -> None:
    """Set a policy to what a file says.

    What was judged stays as it was judged. Options given here go before what the file says.

    Example: chronodesk sla policies set gold.yaml --effective-at 2027-01-01T00:00:00+09:00
    """
    command = SetPolicy(**values_of(read(file, _BODY), SetPolicy))
    if effective_at is not None:
        command = with_changes(command, effective_at=instant(effective_at))
    if new_tickets:
        command = with_changes(command, applies_to=AppliesTo.NEW_TICKETS)
    with services(data_dir, workspace) as opened:
        outcome = ask(opened, command)
    say(said(outcome, f"Policy {command.policy}", "was set"))


@policies.command()
def retire(
    policy: Id,
    effective_at: EffectiveAt = None,
    new_tickets: NewTickets = False,
    data_dir: DataDir = None,
    workspace: Workspace = None,
) -> None:
    """Let a policy match no ticket any more.

    Example: chronodesk sla policies retire gold --new-tickets
    """
    command = RetirePolicy(
        policy=PolicyId(policy),
        effective_at=None if effective_at is None else instant(effective_at),
        applies_to=AppliesTo.NEW_TICKETS if new_tickets else AppliesTo.RUNNING,
    )
    with services(data_dir, workspace) as opened:
        outcome = ask(opened, command)
    say(said(outcome, f"Policy {policy}", "was retired"))


@policies.command()
def restore(
    policy: Id,
    version: Annotated[int, typer.Option(help="The version to take over; 0 is built in.")],
    effective_at: EffectiveAt = None,
    new_tickets: NewTickets = False,
    data_dir: DataDir = None,
    workspace: Workspace = None,
) -> None:
    """Set a policy to what it was in an earlier version: undo an edit.

    Example: chronodesk sla policies restore gold --version 3
    """
    command = RestorePolicy(
        policy=PolicyId(policy),
        version=version,
        effective_at=None if effective_at is None else instant(effective_at),
        applies_to=AppliesTo.NEW_TICKETS if new_tickets else AppliesTo.RUNNING,
    )
    with services(data_dir, workspace) as opened:
        outcome = ask(opened, command)
    say(said(outcome, f"Policy {policy}", f"is again what it was in version {version}"))


@policies.command()
def history(
    policy: Id, data_dir: DataDir = None, workspace: Workspace = None, json_: Json = False
) -> None:
    """List all versions of a policy: who set them, when, and from when on they hold.

    Example: chronodesk sla policies history gold
    """
    with services(data_dir, workspace) as opened:
        shown = policy_shown(book_in(opened), PolicyId(policy), opened.clock.now())
    if shown is None:
        fail(f"There is no policy {policy!r}. See: chronodesk sla policies list")
    print_history(shown, as_json=json_)


@policies.command()
def preview(
    file: File,
    limit: Annotated[int, typer.Option(min=0, max=1_000, help="Most tickets to name.")] = 20,
    data_dir: DataDir = None,
    workspace: Workspace = None,
    json_: Json = False,
) -> None:
    """Say which tickets the condition in a file holds for, among those that are not over.

    FILE is that of a policy, or has nothing but a condition.

    Example: chronodesk sla policies preview gold.yaml --limit 5
    """
    condition = read(file, _Conditional).condition
    found = problems(condition)
    for one in found:
        complain(f"{file}: {f'condition.{one.at}'.rstrip('.')}: {one.message}")
    if found:
        raise typer.Exit(1)
    with services(data_dir, workspace) as opened:
        matched = sla_board.preview(opened.reader(home(opened)), condition, limit)
    if json_:
        print_file(matched, as_json=True)
        return
    typer.echo(
        f"{matched.matched:,} of {matched.looked_at:,} tickets that are not over:"
        f" {in_words(condition)}."
    )
    if matched.tickets:
        typer.echo()
        print_table(
            ("ticket", "queue", "priority"),
            [(one.number, one.queue, one.priority) for one in matched.tickets],
        )
