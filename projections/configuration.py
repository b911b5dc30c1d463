"""What people set up for their work: views and prepared answers, listed by folder."""

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from domain.configuration.field import Fields
from domain.ids import category_of, ident_of
from domain.record import record
from domain.recorded import Recorded
from domain.states import fold_stream
from projections.columns import columns_of
from projections.ports import Key, Projection, Reader, Rows, Table

MOST_ROWS = 200
"""The longest page."""


@record
class ConfiguredRow:
    """`folder` is empty where there is none. `content` is the whole of it, as JSON has it."""

    workspace: str
    category: str
    id: str
    folder: str
    rank: int
    name: str
    owner: str
    shared: bool
    retired: bool
    content: dict[str, Any]
    version: int


CONFIGURED = Table(
    name="configured",
    row=ConfiguredRow,
    key=("workspace", "category", "id"),
    ddl=columns_of(ConfiguredRow),
    by_stream=True,
    indexes=("(workspace, category, folder, rank, lower(name), id)",),
)

CATEGORIES = frozenset({"saved_view", "canned_response", "macro", "field"})


def keys(_: Recorded[Any]) -> Iterable[tuple[Table, Key]]:
    """None: what is rarely changed is folded anew."""
    return ()


def apply(recorded: Recorded[Any], rows: Rows) -> None:
    """The row is the domain's state, by the domain's own fold."""
    past = rows.history(recorded.workspace, recorded.stream, recorded.version)
    state = fold_stream(recorded.stream, (one.event for one in past))
    match state:
        case Fields():
            rows.put(CONFIGURED, _field_row(recorded, state))
        case _:
            rows.put(CONFIGURED, _owned_row(recorded, state))


def _owned_row(recorded: Recorded[Any], state: Any) -> ConfiguredRow:
    return ConfiguredRow(
        workspace=recorded.workspace,
        category=category_of(recorded.stream),
        id=ident_of(recorded.stream),
        folder=state.folder or "",
        rank=state.order,
        name=state.name,
        owner=state.owner,
        shared=state.shared,
        retired=state.retired,
        content=plain(state),
        version=state.version,
    )


def _field_row(recorded: Recorded[Any], fields: Fields) -> ConfiguredRow:
    """All fields are in one stream; the event says which of them it is about."""
    name: str = recorded.event.field
    field = fields.of(name)
    return ConfiguredRow(
        workspace=recorded.workspace,
        category=category_of(recorded.stream),
        id=name,
        folder="",
        rank=field.order,
        name=name,
        owner="",
        shared=True,
        retired=field.retired,
        content=plain(field),
        version=field.version,
    )


PROJECTION = Projection(
    name="configuration",
    version=1,
    tables=(CONFIGURED,),
    wants=CATEGORIES,
    keys=keys,
    apply=apply,
    by_stream=True,
)


@record
class Wanted:
    """Which things to list: those that `person` may use; what is None does not restrict.

    `search` is looked for in names, folders and words, ignoring case. `retired`: those instead.
    """

    category: str
    person: str
    folder: str | None = None
    search: str | None = None
    language: str | None = None
    shared: bool | None = None
    retired: bool = False


Place = tuple[str, int, str, str]
"""Folder, order, lower-case name and id of the last row of a page: the next one begins after it."""


def listed(
    reader: Reader, wanted: Wanted, *, after: Place | None = None, limit: int = MOST_ROWS
) -> tuple[list[dict[str, Any]], Place | None]:
    """A page of things by folder, order and name, and where the next one begins (None: nowhere)."""
    where = ["category = %(category)s", "(shared OR owner = %(person)s)", "retired = %(retired)s"]
    params: dict[str, Any] = {
        "category": wanted.category,
        "person": wanted.person,
        "retired": wanted.retired,
        "limit": limit + 1,
    }
    if wanted.folder is not None:
        where.append("folder = %(folder)s")
        params["folder"] = wanted.folder
    if wanted.shared is not None:
        where.append("shared = %(shared)s")
        params["shared"] = wanted.shared
    if wanted.language is not None:
        where.append("content ->> 'language' = %(language)s")
        params["language"] = wanted.language
    if wanted.search:
        escaped = wanted.search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        where.append(f"concat_ws(' ', {_SEARCHED}) ILIKE %(search)s")
        params["search"] = f"%{escaped}%"
    if after is not None:
        params |= dict(zip(("a_folder", "a_rank", "a_name", "a_id"), after, strict=True))
        where.append(
            "(folder, rank, lower(name), id) > (%(a_folder)s, %(a_rank)s, %(a_name)s, %(a_id)s)"
        )
    found = reader.fetch(
        "SELECT id, content, folder, rank, lower(name) AS lower_name FROM read.configured"  # noqa: S608
        f" WHERE {' AND '.join(where)} ORDER BY folder, rank, lower(name), id LIMIT %(limit)s",
        params,
    )
    rows = [{"id": row["id"], **row["content"]} for row in found[:limit]]
    if len(found) <= limit:
        return rows, None
    last = found[limit - 1]
    return rows, (last["folder"], last["rank"], last["lower_name"], last["id"])


_SEARCHED = "id, name, folder, content ->> 'body', content ->> 'label'"


def plain(value: Any) -> Any:
    """A state as JSON has it: records are objects, tuples and sets are lists."""
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    match value:
        case Mapping():
            return {str(key): plain(inner) for key, inner in value.items()}
        case tuple():
            return [plain(inner) for inner in value]
        case frozenset():
            return sorted(plain(inner) for inner in value)
        case str():
            return str(value)
        case _:
            return value
