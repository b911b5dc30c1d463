"""Views, answers and macros are somebody's: what one may do to one's own, and to a shared one."""

from typing import Any

import pytest

from commands import BY_NAME
from commands.envelope import Command
from domain.errors import Invalid, NotAllowed, NotFound
from domain.ids import StreamId
from domain.kinds import EVENT_TYPES
from tests.given import BOT, KIM, LEE, Log, command_id, given, happened

THINGS: dict[str, dict[str, Any]] = {
    "saved_view": {
        "filter": {"agent": ("me",)},
        "sort": None,
        "direction": None,
        "columns": ("number",),
    },
    "macro": {"steps": ({"command": "tag", "tag": "a"},)},
    "canned_response": {"body": "Hello {{requester.name}}!", "language": "en"},
}
"""What each needs besides a name and a place."""

pytestmark = pytest.mark.parametrize("thing", THINGS)


def created(thing: str, *, shared: bool = False, **changes: Any) -> Any:
    """The creation of `mine` by Kim."""
    values: dict[str, Any] = {
        "name": "Mine",
        "folder": None,
        "order": 0,
        "owner": "kim",
        **THINGS[thing],
    }
    return happened(
        EVENT_TYPES[f"{thing}.created"], **values | changes | {thing: "mine", "shared": shared}
    )


def command(thing: str, verb: str, **fields: Any) -> Command:
    return BY_NAME[f"{verb}_{thing}"](**{thing: "mine"}, **fields)


def event(thing: str, kind: str, **fields: Any) -> Any:
    return happened(EVENT_TYPES[f"{thing}.{kind}"], **fields | {thing: "mine"})


def stream(thing: str) -> StreamId:
    return StreamId(f"{thing}:mine")


def create(thing: str, **changes: Any) -> Command:
    values = {"display_name": "Mine", **THINGS[thing], **changes}
    return command(thing, "create", **values)


def test_whoever_creates_it_owns_it(thing: str) -> None:
    given().when(create(thing), by=KIM).then(created(thing))
    given().when(create(thing, shared=True, folder="Team", order=3), by=KIM).then(
        created(thing, shared=True, folder="Team", order=3)
    )


def test_the_same_again_is_no_news_and_something_else_is_refused(thing: str) -> None:
    known = given().and_given(stream(thing), created(thing))
    known.when(create(thing)).then_nothing()
    known.when(create(thing, display_name="Other")).then_refused(NotAllowed, field=thing)
    known.when(create(thing), by=LEE).then_refused(NotAllowed, field=thing)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"display_name": " "}, "display_name"),
        ({"display_name": "x" * 201}, "display_name"),
        ({"folder": ""}, "folder"),
        ({"order": 2**60}, "order"),
    ],
)
def test_a_refusal_names_the_field(thing: str, changes: dict[str, Any], field: str) -> None:
    given().when(create(thing, **changes)).then_refused(Invalid, field=field)


def test_an_id_can_stand_in_an_address(thing: str) -> None:
    bad = BY_NAME[f"create_{thing}"](**{thing: "no/slash", "display_name": "x", **THINGS[thing]})
    given().when(bad).then_refused(Invalid, field=thing)


CHANGES: dict[str, tuple[dict[str, Any], str, dict[str, Any]]] = {
    "rename": ({"display_name": "New"}, "renamed", {"name": "New", "previous": "Mine"}),
    "move": (
        {"folder": "Team", "order": 7},
        "moved",
        {"folder": "Team", "previous_folder": None, "order": 7, "previous_order": 0},
    ),
    "share": ({}, "shared", {}),
    "retire": ({}, "retired", {}),
}


@pytest.mark.parametrize("verb", CHANGES)
@pytest.mark.parametrize("shared", [False, True])
def test_the_owner_may_change_it_and_others_only_when_it_is_shared(
    thing: str, verb: str, *, shared: bool
) -> None:
    asked, kind, told = CHANGES[verb]
    known = given().and_given(stream(thing), created(thing, shared=shared))
    change = command(thing, verb, **asked)
    if verb == "share" and shared:
        known.when(change, by=LEE).then_nothing()
        return
    known.when(change, by=KIM).then(event(thing, kind, **told))
    if shared:
        known.when(change, by=LEE).then(event(thing, kind, **told, by=LEE))
    else:
        known.when(change, by=LEE).then_refused(NotFound, "for you", field=thing)
        known.when(change, by=BOT).then_refused(NotFound, "for you", field=thing)


def test_what_was_never_created_is_not_there(thing: str) -> None:
    for verb, (asked, _, _) in CHANGES.items():
        given().when(command(thing, verb, **asked)).then_refused(NotFound, field=thing)


def test_moving_without_an_order_keeps_it(thing: str) -> None:
    known = given().and_given(stream(thing), created(thing, order=5))
    known.when(command(thing, "move", folder="Team")).then(
        event(thing, "moved", folder="Team", previous_folder=None, order=5, previous_order=5)
    )
    known.when(command(thing, "move", folder=None)).then_nothing()


def test_only_the_owner_takes_it_back_from_all(thing: str) -> None:
    known = given().and_given(stream(thing), created(thing, shared=True))
    known.when(command(thing, "unshare"), by=LEE).then_refused(
        NotAllowed, "Only its owner", field=thing, owner="kim"
    )
    known.when(command(thing, "unshare"), by=KIM).then(event(thing, "unshared"))


def test_what_is_retired_comes_back_as_it_was(thing: str) -> None:
    log = Log()
    log.ask(create(thing), command_id=command_id("create"))
    before = log.state(stream(thing))
    log.ask(command(thing, "retire"), command_id=command_id("retire"))
    assert log.state(stream(thing)).retired
    assert log.ask(command(thing, "retire"), command_id=command_id("again")) == {}
    log.ask(command(thing, "restore"), command_id=command_id("restore"))
    after = log.state(stream(thing))
    assert (after.version, after.retired) == (3, False)
    assert {n: getattr(after, n) for n in before.__slots__ if n != "version"} == {
        n: getattr(before, n) for n in before.__slots__ if n != "version"
    }
