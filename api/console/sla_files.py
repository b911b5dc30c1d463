"""Files of what is set up for a desk: what the commands of the API take, as YAML or JSON."""

import json
import re
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar
from uuid import uuid4

import orjson
import typer
import yaml
from pydantic import BaseModel, ValidationError

from api.answers import dump
from api.console.terminal import complain, fail, print_json, print_table
from api.problems import Problem
from api.services import Services
from api.text import place, read_json
from commands.envelope import Command, Outcome, Request
from domain.actor import Actor, ActorKind
from domain.errors import Refused
from domain.ids import SLA_BOOK, CommandId, WorkspaceId
from domain.sla.book import Book

CONSOLE = Actor(kind=ActorKind.RULE, id="console", rule_version=1)
"""Who asks for what is done in the terminal."""

File = Annotated[Path, typer.Argument(help="A file in YAML or JSON.", exists=True, dir_okay=False)]
EffectiveAt = Annotated[
    str | None,
    typer.Option("--effective-at", help="Holds from this day or instant on.", show_default="now"),
]
NewTickets = Annotated[
    bool, typer.Option("--new-tickets", help="Only for tickets that are opened from then on.")
]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", help="What holds then, by what was known then.", show_default="now"),
]

B = TypeVar("B", bound=BaseModel)


class _Loader(yaml.SafeLoader):
    """Scalars as in JSON: `no`, `09:00` and `2027-05-05` are text."""

    yaml_implicit_resolvers: Any = {}  # noqa: RUF012 - PyYAML declares it so

    def construct_mapping(
        self,
        node: yaml.MappingNode,
        deep: bool = False,
    ) -> dict[Any, Any]:
        """Build a dict, refusing a repeated key."""
        seen: set[Any] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key.value!r} stands twice", key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


for _tag, _pattern, _first in (
    ("null", r"null|~|", [*"n~", ""]),
    ("bool", r"true|false", [*"tf"]),
    ("int", r"-?(?:0|[1-9][0-9]*)", [*"-0123456789"]),
    ("float", r"-?(?:0|[1-9][0-9]*)\.[0-9]+", [*"-0123456789"]),
):
    _Loader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_pattern})$"), _first
    )


def read(file: Path, kind: type[B]) -> B:
    """What a file says. Exits with what is wrong in it, and where."""
    try:
        data = file.read_bytes()
        if file.suffix != ".json":
            data = json.dumps(yaml.load(data, Loader=_Loader)).encode()  # noqa: S506 - a stricter SafeLoader
        return kind.model_validate(read_json(data))
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError) as error:
        if isinstance(error, ValidationError):
            _fail_by(file, error)
        fail(f"{file}: {' '.join(str(error).split())}")
    except Problem as problem:
        fail(f"{file}: {problem.detail}")


def _fail_by(file: Path, error: ValidationError) -> NoReturn:
    for fault in error.errors():
        where = place(fault["loc"]) or "the whole file"
        complain(f"{file}: {where}: {fault['msg'].removeprefix('Value error, ')}")
    raise typer.Exit(1)


def print_file(shown: Any, *, as_json: bool) -> None:
    """Print what `read` reads back, as YAML or JSON."""
    plain = _without_nothing(orjson.loads(dump(shown)))
    if as_json:
        print_json(plain)
    else:
        text = yaml.safe_dump(plain, allow_unicode=True, sort_keys=False, width=100)
        typer.echo(text, nl=False)


def _without_nothing(value: Any) -> Any:
    """Without what is null: it is what holds when nothing is said."""
    match value:
        case dict():
            return {k: _without_nothing(v) for k, v in value.items() if v is not None}
        case list():
            return [_without_nothing(one) for one in value]
        case _:
            return value


def home(opened: Services) -> WorkspaceId:
    """The workspace that a command works on."""
    return WorkspaceId(opened.settings.workspace)


def book_in(opened: Services) -> Book:
    """The calendars and policies of the workspace."""
    book: Book = opened.handler.states.load(home(opened), SLA_BOOK).state
    return book


def ask(opened: Services, command: Command, by: Actor = CONSOLE) -> Outcome:
    """Ask for a command. Exits with everything that it was refused for."""
    try:
        return opened.handler.handle(
            Request(workspace=home(opened), command=command, command_id=CommandId(uuid4()), by=by)
        )
    except Refused as refused:
        first = {"field": refused.details.get("field"), "message": refused.message}
        problems: Any = refused.details.get("problems", [first])
        for one in problems:
            complain(f"{one['field']}: {one['message']}" if one["field"] else one["message"])
        raise typer.Exit(1) from None


def said(outcome: Outcome, what: str, done: str) -> str:
    """How an edit ended, in a line."""
    if not outcome.events:
        return f"{what} is so already; nothing was written."
    return f"{what} {done}, as version {outcome.version} of the book."


def print_history(shown: dict[str, Any], *, as_json: bool) -> None:
    """Print the versions of a calendar or a policy."""
    if as_json:
        print_json(orjson.loads(dump({k: shown[k] for k in ("versions", "rejudged")})))
        return
    rows = [
        (
            one["version"],
            one["change"],
            one["effective_at"] or "built in",
            one["applies_to"] or "",
            one["by"].id if one["by"] else "",
            one["recorded_at"] or "",
        )
        for one in shown["versions"]
    ]
    print_table(("version", "change", "effective at", "applies to", "by", "recorded at"), rows)
    for one in shown["rejudged"]:
        typer.echo(f"{one['recorded_at']}: judged anew since {one['since']}. {one['reason']}")
