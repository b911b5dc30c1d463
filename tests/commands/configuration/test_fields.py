"""Definitions of custom fields, and what they mean to tickets."""

from typing import Any

import pytest

from commands.configuration.field import (
    CreateField,
    MakeFieldOptional,
    RelabelField,
    ReorderField,
    RequireField,
    RestoreField,
    RetireField,
    SetFieldChoices,
)
from commands.open_ticket import OpenTicket
from commands.reply import Reply
from commands.resolve import Resolve
from commands.set_field import SetField
from commands.undo import Undo
from domain.configuration.field import (
    Choice,
    FieldChoicesSet,
    FieldCreated,
    FieldEvent,
    FieldKind,
    FieldMadeOptional,
    FieldRelabelled,
    FieldReordered,
    FieldRequired,
    FieldRestored,
    FieldRetired,
)
from domain.errors import Invalid, NotAllowed, NotFound
from domain.ids import FIELDS, FieldName, RequesterId, ticket_stream
from domain.ticket.events import TicketFieldSet, TicketResolved
from domain.ticket.words import FieldValue, Status
from tests.given import OPENED, TICKET, Given, Log, command_id, event_of, given, happened

SITE = FieldName("site")
CHOICES = (Choice(value="seoul", label={"ko": "서울"}), Choice(value="busan"))


def defined(**changes: Any) -> FieldCreated:
    values: dict[str, Any] = {
        "field": SITE,
        "label": {"ko": "지점", "en": "Site"},
        "value_kind": FieldKind.CHOICE,
        "choices": CHOICES,
        "required_to_resolve": False,
        "order": 0,
    }
    return happened(FieldCreated, **values | changes)


def known(*events: FieldEvent) -> Given:
    return given(OPENED).and_given(FIELDS, *events)


def create(**changes: Any) -> CreateField:
    values: dict[str, Any] = {
        "field": SITE,
        "label": {"ko": "지점", "en": "Site"},
        "kind": FieldKind.CHOICE,
        "choices": CHOICES,
    }
    return CreateField(**values | changes)


def test_a_field_is_defined_once() -> None:
    given().when(create()).then(defined())
    known(defined()).when(create()).then_nothing()
    known(defined()).when(create(order=5)).then_refused(NotAllowed, field="field")


NAMED: dict[str, Any] = {"field": SITE}


@pytest.mark.parametrize(
    ("command", "event"),
    [
        (
            RelabelField(label={"en": "Place"}, **NAMED),
            happened(
                FieldRelabelled,
                label={"en": "Place"},
                previous={"ko": "지점", "en": "Site"},
                **NAMED,
            ),
        ),
        (
            SetFieldChoices(choices=CHOICES[:1], **NAMED),
            happened(FieldChoicesSet, choices=CHOICES[:1], previous=CHOICES, **NAMED),
        ),
        (RequireField(**NAMED), happened(FieldRequired, **NAMED)),
        (ReorderField(order=3, **NAMED), happened(FieldReordered, order=3, previous=0, **NAMED)),
        (RetireField(**NAMED), happened(FieldRetired, **NAMED)),
    ],
)
def test_a_definition_changes_once(command: Any, event: FieldEvent) -> None:
    known(defined()).when(command).then(event)
    known(defined(), event).when(command).then_nothing()
    given().when(command).then_refused(NotFound, field="field")


def test_what_was_changed_can_be_changed_back() -> None:
    required = known(defined(required_to_resolve=True))
    required.when(MakeFieldOptional(**NAMED)).then(happened(FieldMadeOptional, **NAMED))
    known(defined()).when(MakeFieldOptional(**NAMED)).then_nothing()
    retired = known(defined(), happened(FieldRetired, **NAMED))
    retired.when(RestoreField(**NAMED)).then(happened(FieldRestored, **NAMED))
    known(defined()).when(RestoreField(**NAMED)).then_nothing()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"field": FieldName("Not a name")}, "field"),
        ({"label": {}}, "label"),
        ({"label": {"en": " "}}, "label.en"),
        ({"label": {"English": "Site"}}, "label"),
        ({"label": {f"{chr(97 + n)}a": "x" for n in range(21)}}, "label"),
        ({"choices": ()}, "choices"),
        ({"choices": tuple(Choice(value=str(n)) for n in range(201))}, "choices"),
        ({"choices": (Choice(value="a"), Choice(value="a"))}, "choices[1].value"),
        ({"choices": (Choice(value=""),)}, "choices[0].value"),
        ({"choices": (Choice(value="a", label={"ko": ""}),)}, "choices[0].label.ko"),
        ({"kind": FieldKind.TEXT}, "choices"),
        ({"order": 2**60}, "order"),
    ],
)
def test_a_refusal_names_the_field(changes: dict[str, Any], field: str) -> None:
    given().when(create(**changes)).then_refused(Invalid, field=field)


def test_there_are_at_most_a_hundred_fields() -> None:
    many = [defined(field=FieldName(f"f{n}")) for n in range(100)]
    known(*many).when(create()).then_refused(Invalid, "retire one", field="field")
    retired = happened(FieldRetired, field=FieldName("f1"))
    known(*many, retired).when(create()).then(defined())


def field_set(value: FieldValue, previous: FieldValue = None) -> TicketFieldSet:
    return happened(
        TicketFieldSet,
        requester=RequesterId("mina"),
        name="site",
        value=value,
        previous=previous,
    )


FITTING: list[tuple[FieldKind, list[FieldValue], list[FieldValue]]] = [
    (FieldKind.TEXT, ["anything", ""], [1, True, 1.5]),
    (FieldKind.NUMBER, [1, 1.5, -3], ["1", True]),
    (FieldKind.FLAG, [True, False], ["true", 1, 0]),
    (FieldKind.CHOICE, ["seoul", "busan"], ["tokyo", "", True, 1]),
    (
        FieldKind.DATE,
        ["2026-03-01"],
        ["2026-02-30", "2026-3-1", "today", 20260301, "\uff12026-03-01"],
    ),
]


@pytest.mark.parametrize(("kind", "good", "bad"), FITTING, ids=[k for k, _, _ in FITTING])
def test_a_value_fits_the_definition(
    kind: FieldKind, good: list[FieldValue], bad: list[FieldValue]
) -> None:
    choices = CHOICES if kind is FieldKind.CHOICE else ()
    there = known(defined(value_kind=kind, choices=choices))
    for value in good:
        there.when(SetField(ticket=TICKET, field="site", value=value)).then(field_set(value))
    for value in bad:
        there.when(SetField(ticket=TICKET, field="site", value=value)).then_refused(
            Invalid, "Field 'site' holds", field="value", kind=kind
        )
        opening = OpenTicket(
            requester=RequesterId("mina"), subject="Help", fields={"site": value, "free": value}
        )
        there.when(opening).then_refused(Invalid, field="fields.site")


def test_a_field_without_a_definition_is_free() -> None:
    for value in ("x", 1, 1.5, True):
        known(defined(field=FieldName("other"))).when(
            SetField(ticket=TICKET, field="site", value=value)
        ).then(field_set(value))


def test_a_retired_field_is_only_emptied() -> None:
    retired = known(defined(), happened(FieldRetired, **NAMED))
    retired.when(SetField(ticket=TICKET, field="site", value="seoul")).then_refused(
        Invalid, "is retired", field="value"
    )
    filled = given(OPENED, field_set("seoul")).and_given(
        FIELDS, defined(), happened(FieldRetired, **NAMED)
    )
    filled.when(SetField(ticket=TICKET, field="site", value="seoul")).then_nothing()
    filled.when(SetField(ticket=TICKET, field="site", value=None)).then(field_set(None, "seoul"))


def test_what_was_there_before_the_definition_stays_and_comes_back() -> None:
    log = Log()
    log.streams[ticket_stream(TICKET)] = [OPENED, field_set("tokyo")]
    log.streams[FIELDS] = [defined()]
    log.ask(SetField(ticket=TICKET, field="site", value="seoul"), command_id=command_id("set"))
    log.ask(Undo(ticket=TICKET, event=event_of(3)), command_id=command_id("undo"))
    assert log.ticket().field("site") == "tokyo"


RESOLVE = Resolve(ticket=TICKET, code="fixed")
ANSWER = Reply(ticket=TICKET, body="Done.", next_status=Status.RESOLVED)
RESOLVED = happened(TicketResolved, requester=RequesterId("mina"), code="fixed")


def test_a_required_field_is_filled_in_before_the_ticket_is_resolved() -> None:
    required = defined(required_to_resolve=True)
    floor = defined(field=FieldName("floor"), order=-1, required_to_resolve=True)
    for ask in (RESOLVE, ANSWER):
        known(required, floor).when(ask).then_refused(
            Invalid, "'floor', 'site'", field="fields.floor", missing=["floor", "site"]
        )
    given(OPENED, field_set("seoul")).and_given(FIELDS, required).when(RESOLVE).then(RESOLVED)
    given(OPENED, field_set(" ")).and_given(FIELDS, required).when(RESOLVE).then_refused(
        Invalid, field="fields.site"
    )
    flag = defined(value_kind=FieldKind.FLAG, choices=(), required_to_resolve=True)
    given(OPENED, field_set(value=False)).and_given(FIELDS, flag).when(RESOLVE).then(RESOLVED)


def test_what_is_not_required_any_more_stops_nobody() -> None:
    required = defined(required_to_resolve=True)
    optional, retired = happened(FieldMadeOptional, **NAMED), happened(FieldRetired, **NAMED)
    known(required, optional).when(RESOLVE).then(RESOLVED)
    known(required, retired).when(RESOLVE).then(RESOLVED)
    pending = Reply(ticket=TICKET, body="Where?", next_status=Status.PENDING)
    assert known(required).when(pending).refusal is None
