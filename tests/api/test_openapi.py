"""The description of the API is true: its examples are taken, and nothing it allows breaks us."""

import contextlib
from typing import Any

import jsonschema
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.core.result import Ok

from domain.access import Role
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


def cases(desk: Desk) -> list[Any]:
    schema = schemathesis.openapi.from_dict(desk.app.openapi())
    return [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]


@pytest.mark.slow
@pytest.mark.timeout(300)
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
            answer = shared_desk.client.request(**sent)
            assert answer.status_code < 500, (sent, answer.text)
            if answer.status_code >= 400:
                assert answer.json()["type"].startswith("/problems/"), answer.text

        # Where nothing can be sent at all, nothing wrong can be sent either.
        with contextlib.suppress(*[Unsatisfiable] if mode is GenerationMode.NEGATIVE else []):
            probe()
