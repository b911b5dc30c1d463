"""What the columns of a history file mean: a YAML document, checked before anything is read."""

from enum import StrEnum
from importlib import resources
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from adapters.importing.yaml_text import read_yaml
from domain.ticket.words import Channel, ClosedBecause, Level, Priority, Status

_READY = "adapters.importing.mappings"


class ImportRefused(Exception):
    """The file or the mapping cannot be used as it is; the message says what to do."""


class Kind(StrEnum):
    """What one row is."""

    SNAPSHOT_LOG = "snapshot-log"
    """The whole case as it was after a change; a state that repeats is no new event."""
    ACTIVITY_LOG = "activity-log"
    """One act on the case; the same act again happened again."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CsvForm(_Part):
    """How the bytes of a CSV file are to be read. A byte order mark is always skipped."""

    encoding: str = "utf-8"
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    quote: str = Field(default='"', min_length=1, max_length=1)

    @field_validator("encoding")
    @classmethod
    def _is_line_oriented(cls, value: str) -> str:
        try:
            newline = "\n".encode(value)
        except LookupError:
            raise ValueError(f"no such encoding: {value!r}; try utf-8 or cp1252") from None
        if newline != b"\n":
            raise ValueError(f"{value!r} does not end lines with a newline byte; convert to utf-8")
        return value


class TimeColumn(_Part):
    """Where the instant of a row stands. `format` is strptime's, or `iso` for ISO 8601.

    `zone` (IANA) is used for times that carry none; a time that occurs twice when clocks go back
    is taken as the first one.
    """

    column: str
    format: str = "iso"
    zone: str = "UTC"

    @field_validator("zone")
    @classmethod
    def _exists(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(
                f"no such time zone: {value!r}; use a name such as Asia/Seoul"
            ) from None
        return value


class BackFilled(_Part):
    """Columns that the source filled in on all rows of a case once it knew them.

    They count as known from the first row at or after the instant in column `known_at`; where that
    is unknown, from the first row whose state means resolved, closed or cancelled.
    """

    columns: tuple[str, ...]
    known_at: str


class AppliesWhen(_Part):
    """Rows with another value in `column` are kept as evidence but change nothing."""

    column: str
    values: tuple[str, ...]


def _column_only(value: object) -> object:
    return {"column": value} if isinstance(value, str) else value


class AgentColumn(_Part):
    """Who works on it; `on` limits it to rows of these states (empty: all rows)."""

    column: str
    on: tuple[str, ...] = ()


class ChannelColumn(_Part):
    """How the case came in; values that are not listed count as `api`."""

    column: str
    values: dict[str, Channel]


class PriorityColumn(_Part):
    """Values that are not listed count as normal, and are reported."""

    column: str
    values: dict[str, Priority]


class LevelColumn(_Part):
    """Impact or urgency; values that are not listed count as unknown, and are reported."""

    column: str
    values: dict[str, Level]


class ActorColumn(_Part):
    """Who made the row. Values listed in `rules` are automations, all others are agents."""

    column: str
    rules: tuple[str, ...] = ()


FieldName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")]


class _Columns(_Part):
    def columns(self) -> frozenset[str]:
        """All columns that are named here."""
        named: set[str] = set()
        for value in dict(self).values():
            match value:
                case str():
                    named.add(value)
                case tuple():
                    named.update(value)
                case dict():
                    named.update(value.values())
                case AgentColumn() | ChannelColumn() | PriorityColumn() | LevelColumn():
                    named.add(value.column)
                case _:
                    pass
        return frozenset(named)


class Attributes(_Columns):
    """Columns that fill a ticket. What is not named here is kept with the row all the same."""

    requester: str | None = None
    queue: str | None = None
    agent: Annotated[AgentColumn, BeforeValidator(_column_only)] | None = None
    category: str | None = None
    region: str | None = None
    language: str | None = None
    channel: ChannelColumn | None = None
    priority: PriorityColumn | None = None
    impact: LevelColumn | None = None
    urgency: LevelColumn | None = None
    subject: tuple[str, ...] = ()
    resolution_code: str | None = None
    fields: dict[FieldName, str] = {}


class Evidence(_Columns):
    """Columns that say what the source itself counted; carried along and never recomputed."""

    made_sla: str | None = None
    reassignments: str | None = None
    reopens: str | None = None


class Mapping(_Part):
    """The meaning of one kind of history file. See docs/how-to/import.md."""

    system: str = Field(pattern=r"^[a-z][a-z0-9-]{0,29}$")
    kind: Kind
    csv: CsvForm = CsvForm()
    case: str
    time: TimeColumn
    order: str | None = None
    state: str
    statuses: dict[str, Status | None]
    other_states: Annotated[str, Field(pattern="^(report|keep)$")] = "report"
    applies_when: AppliesWhen | None = None
    unknown: tuple[str, ...] = ("",)
    ignore: tuple[str, ...] = ()
    opened: str | None = None
    created: str | None = None
    resolved: str | None = None
    closed: str | None = None
    closed_because: ClosedBecause = ClosedBecause.AGENT
    back_filled: tuple[BackFilled, ...] = ()
    actor: Annotated[ActorColumn, BeforeValidator(_column_only)] | None = None
    opener: Annotated[ActorColumn, BeforeValidator(_column_only)] | None = None
    attributes: Attributes = Attributes()
    evidence: Evidence = Evidence()

    @field_validator("statuses")
    @classmethod
    def _statuses_can_be_replayed(cls, value: dict[str, Status | None]) -> dict[str, Status | None]:
        if Status.MERGED in value.values():
            raise ValueError("a state cannot mean 'merged': the rows do not say into which ticket")
        return value

    @model_validator(mode="after")
    def _instants_are_marked_back_filled(self) -> "Mapping":
        hidden = self.hidden_columns
        for name in ("resolved", "closed"):
            column = getattr(self, name)
            if column is not None and self.kind is Kind.SNAPSHOT_LOG and column not in hidden:
                raise ValueError(
                    f"column {column!r} ({name}) must be listed under back_filled, "
                    "or tickets would show it before it happened"
                )
        return self

    @property
    def hidden_columns(self) -> frozenset[str]:
        """Columns whose values are not known at the time of the row that carries them."""
        return frozenset(column for part in self.back_filled for column in part.columns)

    def named_columns(self) -> frozenset[str]:
        """All columns that the file must have."""
        named = {*self.attributes.columns(), *self.evidence.columns()}
        for part in (self.time, self.applies_when, self.actor, self.opener):
            if part is not None:
                named.add(part.column)
        for single in (
            self.case,
            self.order,
            self.state,
            self.opened,
            self.created,
            self.resolved,
            self.closed,
        ):
            if single is not None:
                named.add(single)
        for group in self.back_filled:
            named |= {*group.columns, group.known_at}
        return frozenset(named)


def ready_mappings() -> list[str]:
    """Names of the mappings that come with Chronodesk."""
    found = (entry.name for entry in resources.files(_READY).iterdir())
    return sorted(name.removesuffix(".yaml") for name in found if name.endswith(".yaml"))


def load_mapping(name: str | Path) -> Mapping:
    """The mapping of that name (see `ready_mappings`), or the one in that YAML file.

    Raises ImportRefused, naming the place in the document and what to do.
    """
    text, origin = _read(name)
    try:
        document = read_yaml(text)
    except yaml.YAMLError as error:
        raise ImportRefused(f"{origin} is not valid YAML: {error}") from error
    return parse_mapping(document, origin)


def parse_mapping(document: object, origin: str) -> Mapping:
    """Check a document that was read from `origin`. Raises ImportRefused."""
    try:
        return Mapping.model_validate(document)
    except ValidationError as error:
        faults = "\n".join(f"  {_place(fault)}: {fault['msg']}" for fault in error.errors())
        raise ImportRefused(f"{origin} is not a mapping that can be used:\n{faults}") from error


def _place(fault: Any) -> str:
    return ".".join(str(step) for step in fault["loc"]) or "the document"


def _read(name: str | Path) -> tuple[str, str]:
    path = Path(name)
    if path.parent == Path() and not path.is_file():
        bare = path.name.removesuffix(".yaml")
        if bare not in ready_mappings():
            raise ImportRefused(
                f"There is no mapping named {bare!r}. Ready ones: {', '.join(ready_mappings())}; "
                "or give the path of a YAML file of your own."
            )
        return resources.files(_READY).joinpath(f"{bare}.yaml").read_text("utf-8"), f"{bare}.yaml"
    try:
        return path.read_text("utf-8"), str(path)
    except (OSError, UnicodeDecodeError) as error:
        raise ImportRefused(f"The mapping {path} cannot be read: {error}") from error
