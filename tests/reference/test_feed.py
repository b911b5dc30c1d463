"""What the feed promises is what the code does, and what was promised once still holds."""

import copy
import json
import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from adapters.codec import decode, event_json
from adapters.kafka.connection import Connection
from adapters.kafka.dead_letters import KafkaDeadLetters
from adapters.upcasts import schema_version
from commands.intake_ports import Delivery, Reason
from docs.reference.feed.compatible import refusals
from docs.reference.feed.make import (
    DOCUMENT,
    RELEASED,
    REPORT,
    SCHEMAS,
    document,
    report,
    schema_of,
    schemas,
)
from domain.kinds import EVENT_TYPES
from tests.golden.make import full

MAKE = "python -m docs.reference.feed.make"
ASYNC_API = Path(__file__).parent / "asyncapi-3.0.0.json"
GOLDEN = Path(__file__).parents[1] / "golden"

RELEASES = sorted(RELEASED.glob("*.json"))


def kind_of(path: Path) -> str:
    return path.stem.partition("@")[0]


def test_the_schemas_are_fresh() -> None:
    assert {path.name: path.read_text() for path in SCHEMAS.glob("*.json")} == schemas(), MAKE


def test_the_document_is_fresh() -> None:
    assert DOCUMENT.read_text() == document(), MAKE


def test_the_document_is_one_of_async_api() -> None:
    described = yaml.safe_load(document())
    jsonschema.Draft7Validator(json.loads(ASYNC_API.read_text())).validate(described)
    described["channels"]["feed"]["messages"] = ["not a map"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft7Validator(json.loads(ASYNC_API.read_text())).validate(described)


def test_the_document_refers_to_what_is_there() -> None:
    described = yaml.safe_load(document())
    messages = described["components"]["messages"]
    feed = {name: messages[name] for name in described["channels"]["feed"]["messages"]}
    assert {message["name"] for message in feed.values()} == set(EVENT_TYPES)
    named = [name for one in described["channels"].values() for name in one["messages"]]
    assert sorted(named) == sorted(messages)
    for message in feed.values():
        assert (DOCUMENT.parent / message["payload"]["schema"]["$ref"]).exists()


REPORTS_OF_TESTS = [
    ("OpenReport", {"kind": "open", "requester": {"email": "a@example.com"}, "subject": "Hello"}),
    ("MessageReport", {"kind": "message", "requester": {"id": "mina"}, "body": "Hello"}),
    ("ResolveReport", {"kind": "resolve"}),
]


@pytest.mark.parametrize(("name", "said"), REPORTS_OF_TESTS)
def test_the_document_describes_what_may_be_left_in_the_topic_of_intake(
    name: str, said: dict[str, Any]
) -> None:
    assert REPORT.read_text() == report(), MAKE
    described = yaml.safe_load(document())
    refs = {
        part["payload"]["schema"]["$ref"]
        for message in described["channels"]["intake"]["messages"]
        for part in [described["components"]["messages"][message]]
    }
    whole = json.loads(REPORT.read_text())
    assert refs == {f"./report.json{one['$ref'].removeprefix('.')}" for one in whole["oneOf"]}
    left = {"source": "crm", "external_id": "1", **said}
    of_kind = {**whole, "oneOf": [{"$ref": f"#/$defs/{name}"}]}
    for schema in (whole, of_kind):
        jsonschema.Draft202012Validator.check_schema(schema)
        validator = jsonschema.Draft202012Validator(schema)
        validator.validate(left)
        assert not validator.is_valid({**left, "colour": "red"})
        assert not validator.is_valid(said)


def test_the_headers_of_a_dead_letter_are_those_that_are_described() -> None:
    described = yaml.safe_load(document())["components"]["messages"]["dead_letter"]["headers"]
    where = Delivery(key=b"k", value=b"v", partition=0, offset=0, at=datetime.now(UTC))
    why = Reason(code="invalid", message="No.")
    letters = KafkaDeadLetters(Connection(servers=("nowhere:1",)), "inbox")
    assert [name for name, _ in letters.told(where, why, where.at)] == described["required"]


@pytest.mark.parametrize("kind", EVENT_TYPES)
def test_a_schema_takes_the_events_of_its_kind(kind: str) -> None:
    schema = schema_of(EVENT_TYPES[kind])
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    written = json.loads(event_json(full(EVENT_TYPES[kind])))
    validator.validate(written)
    for path in GOLDEN.glob(f"{kind}@*.json"):
        validator.validate(json.loads(event_json(decode(path.stem, path.read_bytes()).event)))
    for field in schema["required"]:
        assert not validator.is_valid({k: v for k, v in written.items() if k != field})


@pytest.mark.parametrize("path", RELEASES, ids=lambda path: path.stem)
def test_a_schema_takes_all_that_a_released_one_took(path: Path) -> None:
    kind = kind_of(path)
    assert kind in EVENT_TYPES, "a kind that was released stays"
    assert refusals(schema_of(EVENT_TYPES[kind]), json.loads(path.read_text())) == []


def test_a_released_schema_is_not_written_again_otherwise() -> None:
    today = schemas()
    for path in RELEASES:
        kind, _, version = path.stem.partition("@")
        if int(version) == schema_version(kind):
            assert path.read_text() == today[path.name], (
                "an event that was released changes by a new schema version"
            )


OLD: dict[str, Any] = {
    "type": "object",
    "required": ["kind", "queue"],
    "properties": {
        "kind": {"const": "ticket.queued", "type": "string"},
        "queue": {"$ref": "#/definitions/Queue"},
        "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "level": {"enum": ["low", "high"], "type": "string"},
        "count": {"type": "integer"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "fields": {"type": "object", "additionalProperties": {"type": "string"}},
        "when": {"$ref": "#/definitions/Either"},
    },
    "definitions": {
        "Queue": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}},
        "Either": {
            "type": "object",
            "properties": {"any": {"type": "array", "items": {"$ref": "#/definitions/Either"}}},
        },
    },
}

BREAKS: dict[str, Any] = {
    "a field that must be there": lambda s: s["required"].append("level"),
    "a new field that must be there": lambda s: (
        s["properties"].update(new={"type": "string"}),
        s["required"].append("new"),
    ),
    "a field inside that must be there": lambda s: s["definitions"]["Queue"]["required"].append(
        "x"
    ),
    "another type": lambda s: s["properties"]["count"].update(type="string"),
    "another type inside": lambda s: s["definitions"]["Queue"]["properties"].update(
        id={"type": "integer"}
    ),
    "a value less": lambda s: s["properties"]["level"].update(enum=["low"]),
    "values where any would do": lambda s: s["properties"].update(count={"const": 1}),
    "no null any more": lambda s: s["properties"].update(note={"type": "string"}),
    "other items": lambda s: s["properties"]["tags"].update(items={"type": "integer"}),
    "another map": lambda s: s["properties"]["fields"].update(
        additionalProperties={"type": "integer"}
    ),
    "nothing else": lambda s: s["definitions"]["Queue"].update(additionalProperties=False),
    "a limit": lambda s: s["properties"]["count"].update(minimum=3),
    "a format": lambda s: s["definitions"]["Queue"]["properties"]["id"].update(format="uuid"),
    "a break in what contains itself": lambda s: s["definitions"]["Either"].update(
        required=["any"]
    ),
    "another kind": lambda s: s["properties"]["kind"].update(const="ticket.moved"),
}

GROWS: dict[str, Any] = {
    "nothing": copy.copy,
    "a field that may be missing": lambda s: s["properties"].update(new={"type": "string"}),
    "a value more": lambda s: s["properties"]["level"]["enum"].append("urgent"),
    "a wider type": lambda s: s["properties"]["count"].update(type="number"),
    "null besides": lambda s: s["properties"].update(
        count={"anyOf": [{"type": "integer"}, {"type": "null"}]}
    ),
    "a field less to be there": lambda s: s["required"].remove("queue"),
    "a field less": lambda s: s["properties"].pop("note"),
    "another name of a definition": lambda s: (
        s["definitions"].update(Line=s["definitions"].pop("Queue")),
        s["properties"].update(queue={"allOf": [{"$ref": "#/definitions/Line"}]}),
    ),
}


@pytest.mark.parametrize("change", BREAKS)
def test_a_change_that_refuses_old_events_is_found(change: str) -> None:
    new = copy.deepcopy(OLD)
    BREAKS[change](new)
    assert len(refusals(new, OLD)) == 1


@pytest.mark.parametrize("change", GROWS)
def test_a_change_that_takes_old_events_is_let_pass(change: str) -> None:
    new = copy.deepcopy(OLD)
    GROWS[change](new)
    assert refusals(new, OLD) == []


def test_any_field_of_any_kind_that_must_suddenly_be_there_is_found() -> None:
    rng = random.Random(7)
    for path in rng.sample(RELEASES, 20):
        old = json.loads(path.read_text())
        new = copy.deepcopy(old)
        optional = sorted({*new["properties"]} - {*new["required"]})
        new["required"].append(rng.choice(optional))
        assert len(refusals(new, old)) == 1
