"""The API's reference as one HTML page, made of its OpenAPI description.

The usual viewers load themselves from another server, which a help desk behind a firewall has not.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import Any

from api.openapi import named_in, reached

_METHODS = ("get", "post", "put", "patch", "delete")


def reference(description: Mapping[str, Any]) -> str:
    """The inner HTML of the page: operations by tag, and the shapes of what they answer."""
    groups: dict[str, list[str]] = {}
    for path, method, operation in _operations(description):
        tag = (operation.get("tags") or ["other"])[0]
        groups.setdefault(tag, []).append(_operation(path, method, operation, description))
    contents = " · ".join(
        f'<a href="#{_slug(tag)}">{escape(tag)}</a>' for tag in (*groups, "shapes")
    )
    sections = "".join(
        f'<h2 id="{_slug(tag)}">{escape(tag)}</h2>{"".join(entries)}'
        for tag, entries in groups.items()
    )
    sections += _shapes(description)
    info = description["info"]
    return (
        f"<h1>{escape(info['title'])} {escape(info['version'])}</h1>"
        f"<p>{escape(info.get('description', ''))}</p>"
        f'<p><a href="/api/v1/openapi.json">OpenAPI {escape(description["openapi"])}</a> · '
        f'<a href="/problems">problems</a> · {contents}</p>{sections}'
    )


def _operations(description: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in description["paths"].items():
        for method in _METHODS:
            if method in item:
                yield path, method, item[method]


def _operation(
    path: str, method: str, operation: Mapping[str, Any], description: Mapping[str, Any]
) -> str:
    rows = [
        _row(
            parameter["name"],
            parameter["in"],
            parameter.get("required", False),
            parameter.get("schema", {}),
            parameter.get("description", ""),
        )
        for parameter in operation.get("parameters", [])
    ]
    example = ""
    schema = _body_schema(operation, description)
    if schema:
        required = schema.get("required", [])
        rows += [
            _row(name, "body", name in required, part, part.get("description", ""))
            for name, part in schema.get("properties", {}).items()
        ]
        example = f"<pre>{escape(_curl(path, method, schema))}</pre>"
    return (
        f"<details><summary><b class={method}>{method.upper()}</b> <code>{escape(path)}</code> "
        f"{escape(operation.get('summary', ''))}</summary>"
        f"<p>{escape(operation.get('description', ''))}</p>{_table(rows)}{example}"
        f"{''.join(_answers(operation))}</details>"
    )


def _answers(operation: Mapping[str, Any]) -> Iterator[str]:
    """What each status but the problems comes with."""
    for status, answer in operation["responses"].items():
        if status == "default":
            continue
        for media_type, content in answer.get("content", {"": {}}).items():
            schema = content.get("x-item-schema") or content.get("schema", {})
            shape = _linked(schema) if schema else escape(answer["description"])
            kind = "" if media_type in ("", "application/json") else f" {escape(media_type)}"
            yield f"<p>{escape(status)}{kind}: {shape}</p>"


def _shapes(description: Mapping[str, Any]) -> str:
    """What answers are made of, by name."""
    schemas: Mapping[str, Mapping[str, Any]] = description["components"]["schemas"]
    answered = [operation["responses"] for _, _, operation in _operations(description)]
    entries = [
        f"<details><summary><code>{escape(name)}</code></summary>"  # a link to its inside opens it
        f'<p id="shape-{escape(name)}">{escape(schemas[name].get("description", ""))}</p>'
        f"{_fields(schemas[name])}</details>"
        for name in sorted(reached(answered, schemas))
    ]
    return f'<h2 id="shapes">shapes</h2>{"".join(entries)}'


def _fields(schema: Mapping[str, Any]) -> str:
    if "properties" not in schema:
        return f"<p>{_linked(schema)}</p>"
    return _table(
        f"<tr><td><code>{escape(name)}</code></td><td>{_linked(part)}</td>"
        f"<td>{escape(part.get('description', ''))}</td></tr>"
        for name, part in schema["properties"].items()
    )


def _table(rows: Iterable[str]) -> str:
    whole = "".join(rows)
    return f"<table>{whole}</table>" if whole else ""


def _row(name: str, where: str, required: bool, schema: Mapping[str, Any], text: str) -> str:  # noqa: FBT001 - a cell
    need = "required" if required else "optional"
    return (
        f"<tr><td><code>{escape(name)}</code></td><td>{where}, {need}</td>"
        f"<td>{escape(_type(schema))}</td><td>{escape(text)}</td></tr>"
    )


def _type(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"])
    if "const" in schema:
        return str(schema["const"])
    for either in ("anyOf", "oneOf"):
        if either in schema:
            return " or ".join(_type(option) for option in schema[either])
    if "prefixItems" in schema:
        return f"[{', '.join(_type(item) for item in schema['prefixItems'])}]"
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    if isinstance(values := schema.get("additionalProperties"), Mapping):
        return f"object of {_type(values)}"
    return str(schema.get("format") or schema.get("type", "anything"))


def _linked(schema: Mapping[str, Any]) -> str:
    """The type as HTML, with the shapes in it as links."""
    names = "|".join(sorted(named_in(schema), key=len, reverse=True))
    text = escape(_type(schema))
    return re.sub(rf"\b({names})\b", r'<a href="#shape-\1">\1</a>', text) if names else text


def _body_schema(
    operation: Mapping[str, Any], description: Mapping[str, Any]
) -> Mapping[str, Any] | None:
    content = operation.get("requestBody", {}).get("content", {})
    schema: Mapping[str, Any] | None = content.get("application/json", {}).get("schema")
    for option in (schema or {}).get("anyOf", []):
        if "$ref" in option:
            schema = option
    if schema and "$ref" in schema:
        schemas: Mapping[str, Any] = description["components"]["schemas"]
        return schemas[schema["$ref"].rpartition("/")[2]]  # type: ignore[no-any-return]
    return schema


def _curl(path: str, method: str, schema: Mapping[str, Any]) -> str:
    body = {
        name: part["examples"][0]
        for name, part in schema.get("properties", {}).items()
        if part.get("examples") and name in schema.get("required", [name])
    }
    return (
        f"curl -X {method.upper()} $DESK{path} -H 'Authorization: Bearer '$TOKEN \\\n"
        f"  -H 'Content-Type: application/json' -d '{json.dumps(body, ensure_ascii=False)}'"
    )


def _slug(tag: str) -> str:
    return tag.replace(" ", "-")
