"""What people set up is listed as the domain has it, to those whom it is for."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from commands.configuration.canned_response import CreateCannedResponse, RetireCannedResponse
from domain.errors import Refused
from domain.ids import FIELDS, CannedResponseId, canned_response_stream, category_of, ident_of
from domain.record import with_changes
from projections import configuration
from projections.configuration import Wanted
from tests.given import KIM, LEE, command_id
from tests.given import Log as Lived
from tests.projections.kept import applied
from tests.projections.log import HOME, Log
from tests.projections.postgres import Views
from tests.strategies import configuration_commands


def told(lived: Lived) -> Log:
    log = Log()
    for stream, events in lived.streams.items():
        if category_of(stream) in configuration.CATEGORIES:
            log.write(stream, *events)
    return log


@settings(max_examples=60)
@given(
    st.lists(st.tuples(configuration_commands(), st.sampled_from([KIM, LEE])), max_size=20),
    st.lists(st.integers(0, 20), max_size=3),
)
def test_a_row_is_the_domain_s_state(asked: list[Any], cuts: list[int]) -> None:
    lived = Lived()
    for n, (command, by) in enumerate(asked):
        try:
            lived.ask(command, by=by, command_id=command_id(f"step {n}"))
        except Refused:
            continue
    rows = applied(configuration.PROJECTION, told(lived).all(), cuts)["configured"]
    expected: dict[Any, Any] = {}
    for stream in lived.streams:
        category = category_of(stream)
        if category in configuration.CATEGORIES and stream != FIELDS:
            expected[HOME, category, ident_of(stream)] = lived.state(stream)
    for name, field in lived.state(FIELDS).by_name.items():
        expected[HOME, "field", name] = field
    assert {key: row.content for key, row in rows.items()} == {
        key: configuration.plain(state) for key, state in expected.items()
    }
    assert {key: row.version for key, row in rows.items()} == {
        key: state.version for key, state in expected.items()
    }


def test_a_list_is_for_a_person(views: Views) -> None:
    lived = Lived()
    for n, (ident, by, shared) in enumerate(
        [("b", KIM, True), ("a", KIM, False), ("c", LEE, False), ("old", KIM, True)]
    ):
        lived.ask(
            CreateCannedResponse(
                canned_response=CannedResponseId(ident),
                display_name=ident.upper(),
                body=f"100% {ident}",
                folder="F" if ident == "b" else None,
                shared=shared,
            ),
            by=by,
            command_id=command_id(f"create {n}"),
        )
    lived.ask(RetireCannedResponse(canned_response=CannedResponseId("old")))
    views.catch_up(told(lived), (configuration.PROJECTION,))

    def listed(**more: Any) -> list[str]:
        wanted = with_changes(Wanted(category="canned_response", person="kim"), **more)
        rows, place = configuration.listed(views.reader(), wanted)
        assert place is None
        return [row["id"] for row in rows]

    assert listed() == ["a", "b"]
    assert listed(person="lee") == ["c", "b"]
    assert listed(person="") == ["b"]
    assert listed(folder="F") == ["b"]
    assert listed(shared=False) == ["a"]
    assert listed(retired=True) == ["old"]
    assert listed(search="00% A") == ["a"]
    assert listed(search="_") == []
    assert listed(category="macro") == ["ask-back", "note", "solve", "take"]
    wanted = Wanted(category="canned_response", person="kim")
    rows, _ = configuration.listed(views.reader(), wanted, limit=1)
    state = lived.state(canned_response_stream(CannedResponseId("a")))
    assert rows == [{"id": "a", **configuration.plain(state)}]
