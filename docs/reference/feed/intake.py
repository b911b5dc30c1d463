# ruff: noqa: INP001 - docs is a folder of pages, not a package
"""The part of the AsyncAPI document on intake: what may be left in a topic, and what is refused."""

from inspect import cleandoc
from typing import Any, get_args

from pydantic import BaseModel

from adapters.kafka.dead_letters import PREFIX
from api.intake.reports import Report
from api.kafka_settings import KafkaSettings

TOPIC = KafkaSettings.model_fields["intake"].default

DEAD_HEADERS = {
    "reason": "Why, as a stable code: `invalid`, `not-found`, `bad-json`, `command-id-reused` ...",
    "message": "Why, in words.",
    "field": "The field that is to blame; empty when none is. `key` is the key of the record.",
    "what_to_do": "What to do about it.",
    "topic": "Where it was left.",
    "partition": "Likewise.",
    "offset": "Likewise; the three together name it: the same ones again are the same letter.",
    "time": "When it was left (RFC 3339, UTC).",
    "at": "When it was refused.",
}
"""What stands beside a dead letter, behind the prefix."""

SETTLING_HEADERS = {
    "settles": "The offset of the letter, in this topic.",
    "ending": "`replayed` or `dismissed`.",
    "at": "When.",
}

INTAKE_OPERATIONS: dict[str, Any] = {
    "takeIn": {
        "action": "receive",
        "channel": {"$ref": "#/channels/intake"},
        "summary": "Each report is taken in once, in the order of its conversation.",
    },
    "putAside": {
        "action": "send",
        "channel": {"$ref": "#/channels/deadLetters"},
        "summary": "What was refused, and why.",
    },
}

_JSON_SCHEMA = "application/schema+json;version=draft-2020-12"


def intake_channels() -> dict[str, Any]:
    """The topic of reports, and that of dead letters."""
    named = {"topic": {"description": "CHRONODESK_KAFKA__INTAKE.", "default": TOPIC}}
    return {
        "intake": {
            "address": "{topic}",
            "title": "Reports of other systems",
            "parameters": named,
            "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in _reports()},
            "bindings": _kafka(),
        },
        "deadLetters": {
            "address": "{topic}.dead",
            "title": "Reports that were refused",
            "parameters": named,
            "messages": {
                name: {"$ref": f"#/components/messages/{name}"}
                for name in ("dead_letter", "dead_letter_settled")
            },
            "bindings": _kafka(partitions=1),
        },
    }


def intake_messages() -> dict[str, Any]:
    """The kinds of report, dead letters, and what became of those."""
    key = {
        "type": "string",
        "description": "source:conversation, such as chatbot:talk-81. Any, or none, for a report"
        " without a conversation.",
    }
    reports = {
        name: {
            "name": name,
            "title": name.replace("_", " "),
            "summary": cleandoc(report.__doc__ or "").replace("\n", " "),
            "tags": [{"name": "intake"}],
            "payload": {
                "schemaFormat": _JSON_SCHEMA,
                "schema": {"$ref": "./report.json#/$defs/" + report.__name__},
            },
            "bindings": {"kafka": {"key": key, "bindingVersion": "0.5.0"}},
        }
        for name, report in _reports().items()
    }
    return {
        **reports,
        "dead_letter": {
            "name": "dead_letter",
            "title": "dead letter",
            "summary": "A record that was refused: its key, value and headers, and these.",
            "tags": [{"name": "intake"}],
            "headers": _headers(DEAD_HEADERS),
            "payload": {"description": "As it was left, whatever that is."},
        },
        "dead_letter_settled": {
            "name": "dead_letter_settled",
            "title": "dead letter settled",
            "summary": "What became of a dead letter. It has no value.",
            "tags": [{"name": "intake"}],
            "headers": _headers(SETTLING_HEADERS),
            "payload": {"type": "null"},
        },
    }


def _reports() -> dict[str, type[BaseModel]]:
    """`report_open` and so on."""
    return {
        f"report_{get_args(report.model_fields['kind'].annotation)[0]}": report
        for report in get_args(Report)
    }


def _headers(told: dict[str, str]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": [PREFIX + name for name in told],
        "properties": {
            PREFIX + name: {"type": "string", "description": said} for name, said in told.items()
        },
    }


def _kafka(**more: Any) -> dict[str, Any]:
    return {"kafka": {**more, "bindingVersion": "0.5.0"}}
