"""The directory: requesters, organisations, agents, teams and queues by id, name and address."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from domain.ids import category_of, ident_of
from domain.people.requester import Medium
from domain.record import record
from domain.recorded import Recorded
from domain.states import FOLDS
from projections.columns import columns_of
from projections.ports import Key, Projection, Reader, Rows, Table


@record
class RequesterRow:
    """A person who asks for help."""

    workspace: str
    id: str
    name: str
    emails: tuple[str, ...]
    phones: tuple[str, ...]
    language: str | None
    organisation: str | None
    region: str | None
    segment: str | None
    vip: bool
    version: int


@record
class AddressRow:
    """`address` as it is compared: an e-mail address in lower case, a number without spaces.

    `since` is when the requester got it.
    """

    workspace: str
    medium: str
    address: str
    requester: str
    since: datetime


@record
class OrganisationRow:
    """What requesters belong to."""

    workspace: str
    id: str
    name: str
    region: str | None
    segment: str | None
    version: int


@record
class AgentRow:
    """`teams` in the order of joining."""

    workspace: str
    id: str
    name: str
    email: str
    teams: tuple[str, ...]
    active: bool
    version: int


@record
class TeamRow:
    """Agents who share work; a retired team takes none."""

    workspace: str
    id: str
    name: str
    lead: str | None
    retired: bool
    version: int


@record
class QueueRow:
    """Where tickets wait; a retired queue takes no new ones."""

    workspace: str
    id: str
    name: str
    lead: str | None
    retired: bool
    version: int


def _directory(name: str, row: type[Any], indexes: tuple[str, ...] = ()) -> Table:
    return Table(
        name=name,
        row=row,
        key=("workspace", "id"),
        ddl=columns_of(row),
        by_stream=True,
        indexes=("(workspace, lower(name), id)", *indexes),
    )


REQUESTER = _directory("requester", RequesterRow, ("(workspace, organisation, id)",))
ORGANISATION = _directory("organisation", OrganisationRow)
AGENT = _directory("agent", AgentRow)
TEAM = _directory("team", TeamRow)
QUEUE = _directory("queue", QueueRow)
ADDRESS = Table(
    name="requester_address",
    row=AddressRow,
    key=("workspace", "medium", "address", "requester"),
    ddl=columns_of(AddressRow),
)

TABLES = {
    "requester": REQUESTER,
    "organisation": ORGANISATION,
    "agent": AGENT,
    "team": TEAM,
    "queue": QUEUE,
}
"""The table of each category of stream."""


def keys(recorded: Recorded[Any]) -> Iterable[tuple[Table, Key]]:
    """The person's or thing's own row."""
    table = TABLES[category_of(recorded.stream)]
    return [(table, (recorded.workspace, ident_of(recorded.stream)))]


def apply(recorded: Recorded[Any], rows: Rows) -> None:
    """The row is the domain's state, so the domain's own fold moves it on."""
    category, ident = category_of(recorded.stream), ident_of(recorded.stream)
    table, fold = TABLES[category], FOLDS[category]
    before = rows.get(table, (recorded.workspace, ident))
    state = fold.initial if before is None else _state(fold.initial, before)
    after = _row(table.row, recorded.workspace, ident, fold.evolve(state, recorded.event))
    rows.put(table, after)
    if table is REQUESTER:
        held, wanted = _addresses(before), _addresses(after)
        for medium, address in held - wanted:
            rows.delete(ADDRESS, (recorded.workspace, medium, address, ident))
        for medium, address in wanted - held:
            rows.put(
                ADDRESS,
                AddressRow(
                    workspace=recorded.workspace,
                    medium=medium,
                    address=address,
                    requester=ident,
                    since=recorded.event.at,
                ),
            )


PROJECTION = Projection(
    name="people",
    version=1,
    tables=(REQUESTER, ORGANISATION, AGENT, TEAM, QUEUE, ADDRESS),
    wants=frozenset(TABLES),
    keys=keys,
    apply=apply,
    by_stream=True,
)


def named(reader: Reader, category: str, idents: Iterable[str]) -> dict[str, str]:
    """The names of requesters, agents, queues ... by id; ids that nobody has are left out."""
    found = reader.fetch(
        f"SELECT id, name FROM read.{TABLES[category].name} WHERE id = ANY (%(ids)s)",  # noqa: S608
        {"ids": sorted(set(idents))},
    )
    return {row["id"]: row["name"] for row in found}


def working(reader: Reader, category: str, idents: Iterable[str]) -> dict[str, bool]:
    """Whether each agent, team or queue takes work; ids that nobody has are left out."""
    takes_work = "active" if category == "agent" else "NOT retired"
    found = reader.fetch(
        f"SELECT id, {takes_work} AS works FROM read.{TABLES[category].name}"  # noqa: S608
        " WHERE id = ANY (%(ids)s)",
        {"ids": sorted(set(idents))},
    )
    return {row["id"]: row["works"] for row in found}


def several(reader: Reader, category: str, idents: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The rows of requesters, agents, queues ... by id; ids that nobody has are left out."""
    found = reader.fetch(
        f"SELECT * FROM read.{TABLES[category].name} WHERE id = ANY (%(ids)s)",  # noqa: S608
        {"ids": sorted(set(idents))},
    )
    return {row["id"]: row for row in found}


def one(reader: Reader, category: str, ident: str) -> dict[str, Any] | None:
    """The row of a requester, organisation, agent, team or queue, or None."""
    found = reader.fetch(
        f"SELECT * FROM read.{TABLES[category].name} WHERE id = %(id)s",  # noqa: S608
        {"id": ident},
    )
    return found[0] if found else None


def listed(
    reader: Reader,
    category: str,
    *,
    search: str | None = None,
    idents: Sequence[str] = (),
    after: tuple[str, str] | None = None,
    limit: int = 50,
) -> tuple[list[dict[str, Any]], tuple[str, str] | None]:
    """A page of a directory by name, and where the next one begins (None: nowhere).

    `search` is looked for in names, ids and addresses, ignoring case; `idents`, if there are any,
    are the ids to choose from. `after` is the lower-case
    name and the id of the last row before the page.
    """
    where, params = ["true"], dict[str, Any](limit=limit + 1)
    if search:
        escaped = search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        params["search"] = f"%{escaped}%"
        where.append(f"concat_ws(' ', id, name{_SEARCHED.get(category, '')}) ILIKE %(search)s")
    if idents:
        params["ids"] = list(idents)
        where.append("id = ANY (%(ids)s)")
    if after is not None:
        params["name"], params["id"] = after
        where.append("(lower(name), id) > (%(name)s, %(id)s)")
    found = reader.fetch(
        f"SELECT *, lower(name) AS sort_name FROM read.{TABLES[category].name}"  # noqa: S608
        f" WHERE {' AND '.join(where)} ORDER BY lower(name), id LIMIT %(limit)s",
        params,
    )
    places = [(row.pop("sort_name"), row["id"]) for row in found]
    return found[:limit], places[limit - 1] if len(found) > limit else None


_SEARCHED = {
    "requester": ", array_to_string(emails || phones, ' ')",
    "agent": ", email",
}


def requesters_at(reader: Reader, medium: Medium, address: str) -> list[dict[str, Any]]:
    """Requesters who can be reached at an address (as a rule one), the first comer first."""
    return reader.fetch(
        "SELECT requester.* FROM read.requester_address JOIN read.requester"
        " ON requester.id = requester_address.requester"
        " AND requester.workspace = requester_address.workspace"
        " WHERE medium = %(medium)s AND address = %(address)s ORDER BY since, requester.id",
        {"medium": medium, "address": comparable(medium, address)},
    )


def agents_at(reader: Reader, email: str) -> list[dict[str, Any]]:
    """Agents with that e-mail address (as a rule one)."""
    return reader.fetch(
        "SELECT * FROM read.agent WHERE lower(email) = %(email)s ORDER BY id",
        {"email": comparable(Medium.EMAIL, email)},
    )


def comparable(medium: Medium, address: str) -> str:
    """An address as it is compared."""
    if medium is Medium.EMAIL:
        return address.strip().casefold()
    return "".join(c for c in address if c.isalnum() or c == "+")


def _addresses(row: RequesterRow | None) -> set[tuple[str, str]]:
    if row is None:
        return set()
    lists = ((Medium.EMAIL, row.emails), (Medium.PHONE, row.phones))
    return {(m.value, comparable(m, address)) for m, addresses in lists for address in addresses}


def _state(initial: Any, row: Any) -> Any:
    """The domain's state from a row: the same fields, with sets where the domain has sets."""
    values = {f.name: getattr(row, f.name) for f in fields(initial)}
    return type(initial)(
        **{
            name: frozenset(value) if isinstance(getattr(initial, name), frozenset) else value
            for name, value in values.items()
        }
    )


def _row(row: type[Any], workspace: str, ident: str, state: Any) -> Any:
    values = {f.name: getattr(state, f.name) for f in fields(state)}
    return row(
        workspace=workspace,
        id=ident,
        **{
            name: tuple(sorted(value)) if isinstance(value, frozenset) else value
            for name, value in values.items()
        },
    )
