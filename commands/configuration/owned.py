"""What the commands on views, answers and macros have in common: whose they are, where they lie."""

from commands.envelope import Context
from domain.checks import NAME_LIMIT, SAFE_INTEGER, ident, required_text
from domain.configuration.owned import Owned, is_for
from domain.errors import Invalid, NotAllowed, NotFound
from domain.ids import AgentId


def owner_of(ctx: Context) -> AgentId:
    """Whoever makes a thing owns it."""
    return AgentId(ctx.by.id)


def require_own(thing: Owned, field: str, value: str, ctx: Context) -> None:
    """Refuse a command on what is not there for who asks.

    A private thing is its owner's alone, to others it is as if there were none; a shared one is
    everybody's to improve.
    """
    if not is_for(thing, ctx.by.id):
        kind = field.replace("_", " ")
        raise NotFound(f"There is no {kind} {value!r} for you.", field=field)


def require_owner(thing: Owned, field: str, value: str, ctx: Context, command: str) -> None:
    """As above, and only the owner: nobody takes from all what another one shares."""
    require_own(thing, field, value, ctx)
    if thing.owner != ctx.by.id:
        kind = field.replace("_", " ")
        raise NotAllowed(
            f"Only its owner, {thing.owner!r}, may keep this {kind} to themselves; retire it"
            " instead, which everybody can take back.",
            field=field,
            command=command,
            owner=thing.owner,
        )


def check_new(ident_field: str, value: str, name: str, folder: str | None, order: int) -> None:
    """The id, the name and the place of something new."""
    ident(value, ident_field)
    check_name(name)
    check_place(folder, order)


def check_name(name: str) -> None:
    """Something visible, not too long."""
    required_text(name, "display_name", NAME_LIMIT)


def check_place(folder: str | None, order: int) -> None:
    """A folder's name, and a whole number to sort by."""
    if folder is not None:
        required_text(folder, "folder", NAME_LIMIT)
    if abs(order) > SAFE_INTEGER:
        raise Invalid(f"Order must be within +-{SAFE_INTEGER}.", field="order")
