"""`chronodesk user`: who may sign in, and with which tokens."""

from datetime import timedelta
from typing import Annotated

import typer

from api.auth.registration import Newcomer, Registration
from api.console.opening import services
from api.console.options import DataDir, Json, Workspace
from api.console.terminal import fail, print_json, print_table, say
from domain.access import Role
from domain.actor import Actor, ActorKind
from domain.ids import WorkspaceId

user = typer.Typer(help="Who may sign in, and with which tokens.", no_args_is_help=True)

_BY = Actor(kind=ActorKind.RULE, id="console", rule_version=1)

Email = Annotated[str, typer.Argument(help="E-mail address, which is the login.")]


@user.command()
def add(
    email: Email,
    role: Annotated[Role, typer.Option(help="What they may do.")] = Role.AGENT,
    name: Annotated[str | None, typer.Option(help="Name, as people read it.")] = None,
    person: Annotated[
        str | None,
        typer.Option(help="Id of the agent or requester they are; a new one if left out."),
    ] = None,
    ask_password: Annotated[
        bool, typer.Option("--ask-password", help="Type a password instead of getting one.")
    ] = False,
    data_dir: DataDir = None,
    workspace: Workspace = None,
) -> None:
    """Let somebody sign in; or give them a new password, role or name.

    Example: chronodesk user add kim@example.com --role lead --name "Kim Minseo"
    """
    password = (
        typer.prompt("Password", hide_input=True, confirmation_prompt=True)
        if ask_password
        else None
    )
    with services(data_dir, workspace) as opened:
        where = WorkspaceId(opened.settings.workspace)
        account = opened.access.account(where, email)
        newcomer = Newcomer(
            is_requester=role is Role.REQUESTER, name=name or email, email=email.lower()
        )
        registration = Registration(opened.handler, where, _BY)
        known = person or (account.person if account else registration.free_id(newcomer))
        registration.ensure(newcomer, known)
        chosen = opened.sessions.put_account(
            workspace=where,
            email=email.lower(),
            person=known,
            role=role,
            name=name or email,
            password=password,
        )
    if password is None:
        typer.echo(f"{email} may sign in as {role} with the password {chosen}")
    else:
        say(f"{email} may sign in as {role}.")


@user.command("list")
def list_(data_dir: DataDir = None, workspace: Workspace = None, json_: Json = False) -> None:
    """List those who may sign in, sessions and tokens without their secrets, and what is locked.

    Example: chronodesk user list --json
    """
    with services(data_dir, workspace) as opened:
        where = WorkspaceId(opened.settings.workspace)
        accounts, tokens = (
            opened.access.accounts(where),
            opened.access.tokens(where, opened.clock.now()),
        )
        locked = opened.lockout.locked(where)
        identities = opened.identities.all(where)
    people = [(a.email, a.role, a.name, a.person, a.disabled_at is None) for a in accounts]
    known = [
        (t.id, t.kind, t.name, t.role, t.label, t.expires_at, t.revoked_at, t.last_used_at)
        for t in tokens
    ]
    vouched = [
        (i.email, i.issuer, i.subject, i.person, i.signed_in_at, i.disabled_at is None)
        for i in identities
    ]
    shut = [(subject.kind, subject.name, tally.locked_until) for subject, tally in locked]
    account_columns = ("email", "role", "name", "person", "active")
    token_columns = (
        "token", "kind", "name", "role", "label", "expires_at", "revoked_at", "last_used_at",
    )  # fmt: skip
    identity_columns = ("email", "issuer", "subject", "person", "signed_in_at", "active")
    locked_columns = ("locked", "name", "until")
    if json_:
        print_json(
            {
                "accounts": [dict(zip(account_columns, row, strict=True)) for row in people],
                "tokens": [dict(zip(token_columns, row, strict=True)) for row in known],
                "identities": [dict(zip(identity_columns, row, strict=True)) for row in vouched],
                "locked": [dict(zip(locked_columns, row, strict=True)) for row in shut],
            }
        )
        return
    print_table(account_columns, people)
    if vouched:
        print_table(identity_columns, vouched)
    if known:
        print_table(token_columns, known)
    if shut:
        print_table(locked_columns, shut)


@user.command()
def token(
    email: Email,
    label: Annotated[str, typer.Option(help="What the token is for.")] = "command line",
    days: Annotated[
        float | None, typer.Option(min=0, help="Life of the token.", show_default="until revoked")
    ] = None,
    data_dir: DataDir = None,
    workspace: Workspace = None,
) -> None:
    """Make a bearer token for somebody, and print it this once.

    Example: TOKEN=$(chronodesk user token kim@example.com --label report --days 30)
    """
    with services(data_dir, workspace) as opened:
        where = WorkspaceId(opened.settings.workspace)
        account = opened.access.account(where, email.lower())
        if account is None or account.disabled_at is not None:
            fail(f"{email} may not sign in. See: chronodesk user list")
        issued = opened.sessions.issue(
            workspace=where,
            person=account.person,
            role=account.role,
            name=account.name,
            label=label,
            expires_at=None if days is None else opened.clock.now() + timedelta(days=days),
        )
    typer.echo(issued.text)


@user.command()
def revoke(
    what: Annotated[str, typer.Argument(help="Id of a token, or an e-mail address.")],
    data_dir: DataDir = None,
    workspace: Workspace = None,
) -> None:
    """End a token; or, by e-mail address, every way in and all tokens of somebody.

    Example: chronodesk user revoke kim@example.com
    """
    with services(data_dir, workspace) as opened:
        where = WorkspaceId(opened.settings.workspace)
        if "@" in what:
            ended = opened.access.disable_account(where, what.lower())
        else:
            ended = opened.sessions.revoke(where, what)
    if not ended:
        fail(f"There is no {what}, or it ended before. See: chronodesk user list")
    say(f"{what} ended.")


@user.command()
def unlock(
    what: Annotated[str, typer.Argument(help="E-mail address of an account, or network address.")],
    data_dir: DataDir = None,
    workspace: Workspace = None,
) -> None:
    """Let somebody try again at once who has given too many wrong passwords.

    Example: chronodesk user unlock kim@example.com
    """
    with services(data_dir, workspace) as opened:
        unlocked = opened.lockout.unlock(WorkspaceId(opened.settings.workspace), what)
    if not unlocked:
        fail(f"There were no wrong passwords for {what}. See: chronodesk user list")
    say(f"{what} may try again.")
