# ruff: noqa: INP001 - docs is a folder of pages, not a package
"""Write what the feed promises: a JSON Schema per kind of event, and the AsyncAPI document.

python -m docs.reference.feed.make            asyncapi.yaml, report.json and schemas/, from the code
python -m docs.reference.feed.make --release  the same, and they are kept in released/ for ever

Tests fail when they are not what this program writes, and when a schema no longer takes what one of
released/ took.
"""

import json
import sys
from inspect import cleandoc
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter

from adapters.upcasts import schema_version
from api.intake.reports import report_schema
from docs.reference.feed.intake import INTAKE_OPERATIONS, intake_channels, intake_messages
from domain.happened import Happened, personal_fields
from domain.kinds import EVENT_TYPES, EVENTS, events_of, kind_of
from projections.cloud_events import data_schema

HERE = Path(__file__).parent
DOCUMENT = HERE / "asyncapi.yaml"
SCHEMAS = HERE / "schemas"
RELEASED = HERE / "released"

REPORT = HERE / "report.json"

DRAFT = "http://json-schema.org/draft-07/schema#"
"""The one that registries and AsyncAPI tools all know."""

HEADERS = {
    "content-type": "Always application/json.",
    "ce_specversion": "Always 1.0.",
    "ce_id": "Names the event; the same one again is the same event.",
    "ce_source": "This desk, and below it the workspace.",
    "ce_type": "The kind of event.",
    "ce_subject": "The stream: what the event happened to.",
    "ce_time": "When it happened (RFC 3339, UTC).",
    "ce_dataschema": "The `$id` of the schema of the value.",
    "ce_lane": "The lane, which is the partition.",
    "ce_position": "The place in the lane, counted from 1 without a gap: whoever sees all of them "
    "has missed nothing, and one that comes again is a repetition.",
    "ce_workspace": "Whose event it is.",
    "ce_streamversion": "The place in the stream, counted from 1 without a gap.",
    "ce_recordedtime": "When it was written to the log; later than `ce_time` for imports.",
    "ce_commandid": "The command that caused it.",
    "ce_correlationid": "What it belongs to, together with other commands.",
}
OPTIONAL = {
    "ce_causationid": "The event that was the cause, if a rule or a timer acted.",
    "ce_traceparent": "W3C Trace Context of the request, if it had one.",
    "ce_importsystem": "Of imported history: the system it is from.",
    "ce_importcase": "Of imported history: what that system calls the ticket.",
    "ce_importrow": "Of imported history: the row, counted from 1.",
}


def schema_of(event: type[Happened]) -> dict[str, Any]:
    """The JSON Schema of a kind's data.

    What has a default is not required: events of before the field was added lack it.
    """
    kind = kind_of(event)
    made = TypeAdapter(event).json_schema(
        mode="serialization", ref_template="#/definitions/{model}"
    )
    for field, person in personal_fields(event).items():
        made["properties"][field]["x-personal-data-of"] = person
    definitions = made.pop("$defs", {})
    made = {
        "$schema": DRAFT,
        "$id": data_schema(kind, schema_version(kind)),
        **_draft_07(made),
        "title": kind,
        "required": sorted({*made.get("required", ()), "kind"}),
    }
    if definitions:
        made["definitions"] = {name: _draft_07(part) for name, part in definitions.items()}
    return made


def schemas() -> dict[str, str]:
    """File name -> content, for every kind as it is written today."""
    return {
        f"{kind}@{schema_version(kind)}.json": json.dumps(
            schema_of(event), indent=2, ensure_ascii=False
        )
        + "\n"
        for kind, event in EVENT_TYPES.items()
    }


def report() -> str:
    """The schema of what may be left in the topic of intake."""
    return json.dumps(report_schema(), indent=2, ensure_ascii=False) + "\n"


def document() -> str:
    """The AsyncAPI document, as YAML."""
    kinds = {kind_of(event): (name, event) for name in EVENTS for event in events_of(name)}
    names = {kind: kind.replace(".", "_") for kind in kinds}
    described = {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Chronodesk: the feed, and intake",
            "version": "1.0.0",
            "description": (
                "Everything that happens, once and in order: `chronodesk worker --publish` writes "
                "each event of the log to Kafka as a CloudEvent in binary mode. Partition = lane, "
                "key = `workspace:stream`. Read what is committed (`isolation.level="
                "read_committed`). Take unknown fields, kinds and headers as they come; a kind "
                "keeps its meaning, and a schema takes all that an earlier one of its kind took.\n"
                "\nThe other way round, `chronodesk worker --intake` takes in reports that others "
                "leave in a topic, and puts aside what it refuses."
            ),
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {
            "feed": {
                "address": "{topic}",
                "title": "The log",
                "parameters": {
                    "topic": {
                        "description": "CHRONODESK_KAFKA__TOPIC.",
                        "default": "chronodesk.events",
                    }
                },
                "messages": {
                    name: {"$ref": f"#/components/messages/{name}"} for name in names.values()
                },
                "bindings": {
                    "kafka": {
                        "topicConfiguration": {"cleanup.policy": ["delete"], "retention.ms": -1},
                        "bindingVersion": "0.5.0",
                    }
                },
            },
            **intake_channels(),
        },
        "operations": {
            **INTAKE_OPERATIONS,
            "publish": {
                "action": "send",
                "channel": {"$ref": "#/channels/feed"},
                "summary": "Every event of the log.",
            },
        },
        "components": {
            "messages": {
                **intake_messages(),
                **{
                    names[kind]: _message(kind, category, event)
                    for kind, (category, event) in kinds.items()
                },
            },
            "messageTraits": {
                "cloudEvent": {
                    "headers": {
                        "type": "object",
                        "required": [*HEADERS],
                        "properties": {
                            name: {"type": "string", "description": said}
                            for name, said in {**HEADERS, **OPTIONAL}.items()
                        },
                    },
                    "bindings": {
                        "kafka": {
                            "key": {
                                "type": "string",
                                "description": "workspace:stream, such as default:ticket:4711",
                            },
                            "bindingVersion": "0.5.0",
                        }
                    },
                }
            },
        },
    }
    about = "# Written by `python -m docs.reference.feed.make`; do not edit it by hand.\n"
    return about + yaml.safe_dump(described, sort_keys=False, allow_unicode=True, width=100)


def main(*options: str) -> None:
    """Write everything. Raises SystemExit for a released schema that was changed."""
    DOCUMENT.write_text(document())
    REPORT.write_text(report())
    _write(SCHEMAS)
    for path in SCHEMAS.glob("*.json"):
        if path.name not in schemas():
            path.unlink()
    if "--release" in options:
        changed = [
            name
            for name, text in schemas().items()
            if (RELEASED / name).exists() and (RELEASED / name).read_text() != text
        ]
        if changed:
            sys.exit(f"Released schemas stay as they are; these differ: {', '.join(changed)}.")
        _write(RELEASED)


def _message(kind: str, category: str, event: type[Happened]) -> dict[str, Any]:
    said = cleandoc(event.__doc__ or "").split("\n\n")
    message = {
        "name": kind,
        "title": kind,
        "summary": said[0].replace("\n", " "),
        "tags": [{"name": category}],
        "traits": [{"$ref": "#/components/messageTraits/cloudEvent"}],
        "payload": {
            "schemaFormat": "application/schema+json;version=draft-07",
            "schema": {"$ref": f"./schemas/{kind}@{schema_version(kind)}.json"},
        },
    }
    if said[1:]:
        message["description"] = "\n\n".join(said[1:])
    return message


def _draft_07(part: Any) -> Any:
    """The same in the words of draft 7, without titles and defaults that only repeat names."""
    if isinstance(part, list):
        return [_draft_07(inner) for inner in part]
    if not isinstance(part, dict):
        return part
    if set(part) > {"$ref"}:  # beside it nothing counts there
        alone = {"allOf": [{"$ref": part["$ref"]}]} if "$ref" in part else {}
        part = {**alone, **{key: value for key, value in part.items() if key != "$ref"}}
    made = {
        key: {name: _draft_07(inner) for name, inner in value.items()}
        if key == "properties"
        else _draft_07(value)
        for key, value in part.items()
        if key not in {"title", "default"} or not isinstance(value, str | int | None | list)
    }
    if "prefixItems" in made:
        made["items"] = made.pop("prefixItems")
    return made


def _write(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    for name, text in schemas().items():
        (folder / name).write_text(text)


if __name__ == "__main__":
    main(*sys.argv[1:])
