"""The description of the API is true: its examples are taken, and nothing it allows breaks us."""

import contextlib
import json
import re
from typing import Any

import jsonschema
import pytest
import schemathesis
from httpx2 import InvalidURL
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.core.result import Ok

from api.openapi import told_to
from api.resources import PUBLIC_EVENTS
from api.shapes.naming import Audience
from domain.access import Role
from domain.kinds import EVENT_TYPES, EVENTS, events_of, kind_of
from tests.api.desk import Desk, Person


def test_every_example_of_a_body_is_valid(shared_desk: Desk) -> None:
    description = shared_desk.app.openapi()
    schemas: dict[str, Any] = description["components"]["schemas"]
    seen = 0
    for name, schema in schemas.items():
        for field, part in schema.get("properties", {}).items():
            for example in part.get("examples", []):
                whole = {**part, "components": description["components"]}
                jsonschema.validate(example, whole)
                seen += 1
            if name.endswith("Body"):  # a word that has a description of its own needs no second
                assert part.get("description") or "$ref" in part, (name, field)
    assert seen > 50


def test_every_operation_says_what_it_is(shared_desk: Desk) -> None:
    names = []
    for item in shared_desk.app.openapi()["paths"].values():
        for operation in item.values():
            assert operation["summary"]
            assert operation["tags"]
            assert "default" in operation["responses"]
            names.append(operation["operationId"])
    assert len(names) == len(set(names))


def test_every_operation_says_what_its_answers_look_like(shared_desk: Desk) -> None:
    description = shared_desk.app.openapi()
    for path, item in description["paths"].items():
        for method, operation in item.items():
            good = [status for status in operation["responses"] if status < "4"]
            assert good, (method, path)
            if good[0] in ("204", "302"):
                continue  # it says nothing, or leads elsewhere
            for media_type, content in operation["responses"][good[0]]["content"].items():
                if media_type in NO_JSON:
                    continue
                schema = content.get("x-item-schema") or content["schema"]
                for shape in schema.get("anyOf", [schema]):
                    assert "$ref" in shape, (method, path)
                    assert properties_of(shape, description["components"]["schemas"]), (path, shape)


def test_what_is_answered_is_always_all_there(shared_desk: Desk) -> None:
    """No field of an answer is one that may be left out."""
    schemas: dict[str, Any] = shared_desk.app.openapi()["components"]["schemas"]
    for name in ("Ticket", "TicketRow", "TicketPage", "TicketOpened", "Me", "Clock", "ClockLine"):
        assert sorted(schemas[name]["required"]) == sorted(schemas[name]["properties"])


FOR_THE_FEED = {"intake"}
"""Categories of which no command of people tells events."""


def test_events_are_told_apart_by_their_kind(shared_desk: Desk) -> None:
    schemas: dict[str, Any] = shared_desk.app.openapi()["components"]["schemas"]
    told: dict[str, str] = {}
    for category in EVENTS.keys() - FOR_THE_FEED:
        union = schemas[f"{category.title().replace('_', '')}Event"]
        assert union["discriminator"]["propertyName"] == "kind"
        told |= union["discriminator"]["mapping"]
    in_the_feed = {kind_of(event) for one in FOR_THE_FEED for event in events_of(one)}
    assert set(told) == set(EVENT_TYPES) - in_the_feed
    own = schemas["OwnTicketEvent"]["discriminator"]["mapping"]
    assert set(own) == PUBLIC_EVENTS


def test_staff_and_requesters_can_have_a_description_of_their_own(shared_desk: Desk) -> None:
    whole = shared_desk.app.openapi()
    for audience, shapes, others in (
        (Audience.STAFF, ["Ticket", "TicketThen"], "OwnTicket"),
        (Audience.REQUESTERS, ["OwnTicket", "OwnTicketThen"], "TicketPage"),
    ):
        told = told_to(audience, whole)
        assert told["paths"].keys() == whole["paths"].keys()
        answer = told["paths"]["/api/v1/tickets/{ticket}"]["get"]["responses"]["200"]
        schema = answer["content"]["application/json"]["schema"]
        assert [one["$ref"].rpartition("/")[2] for one in schema["anyOf"]] == shapes
        assert others not in told["components"]["schemas"]
        assert "x-to-" not in json.dumps(told)
        schemathesis.openapi.from_dict(told).validate()


def test_no_name_was_made_up_to_tell_two_shapes_apart(shared_desk: Desk) -> None:
    schemas = shared_desk.app.openapi()["components"]["schemas"]
    assert [name for name in schemas if not re.fullmatch("[A-Z][A-Za-z0-9]+", name)] == []


def test_operations_are_called_by_readable_names(shared_desk: Desk) -> None:
    for item in shared_desk.app.openapi()["paths"].values():
        for operation in item.values():
            assert re.fullmatch("[a-z]+(_[a-z]+)*", operation["operationId"])


NO_JSON = frozenset({"text/plain", "*/*"})
"""Media types of answers that are for other programs than clients of the API."""


def properties_of(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    named: dict[str, Any] = schemas[schema["$ref"].rpartition("/")[2]]
    properties: dict[str, Any] = named.get("properties", {})
    return properties


def cases(desk: Desk) -> list[Any]:
    schema = schemathesis.openapi.from_dict(desk.app.openapi())
    return [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_nothing_that_can_be_sent_is_our_fault(shared_desk: Desk, mode: GenerationMode) -> None:
    """By what the description allows, and by what it does not."""
    ticket = shared_desk.agent.opens()["id"]
    roles = (Role.ADMIN, Role.AGENT, Role.REQUESTER)
    people = [shared_desk.as_(role) for role in roles]
    for operation in cases(shared_desk):
        if operation.path == "/api/v1/session" or operation.method == "delete":
            continue  # they would end the very tokens that this test goes by

        @settings(
            max_examples=5,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(operation.as_strategy(generation_mode=mode), st.booleans(), st.sampled_from(people))
        def probe(case: schemathesis.Case[Any], real: bool, person: Person) -> None:
            if real and "ticket" in case.path_parameters:
                case.path_parameters["ticket"] = ticket
            sent = case.as_transport_kwargs(base_url="http://testserver")
            sent.pop("cookies", None)
            if isinstance(sent.get("data"), bytes):
                sent["content"] = sent.pop("data")
            sent["headers"] = {**sent.get("headers", {}), "Authorization": f"Bearer {person.token}"}
            try:
                answer = shared_desk.client.request(**sent)
            except InvalidURL:
                return  # an address so long that no client sends it
            assert answer.status_code < 500, (sent, answer.text)
            if answer.status_code >= 400:
                assert answer.json()["type"].startswith("/problems/"), answer.text

        # Where nothing can be sent at all, nothing wrong can be sent either.
        with contextlib.suppress(*[Unsatisfiable] if mode is GenerationMode.NEGATIVE else []):
            probe()
