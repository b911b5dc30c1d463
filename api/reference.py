"""The API's reference as one HTML page, made of its OpenAPI description.

The usual viewers load themselves from another server, which a help desk behind a firewall has not.
"""

import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

_METHODS = ("get", "post", "put", "patch", "delete")


def reference(description: Mapping[str, Any]) -> str:
    """The inner HTML of the page: operations by tag, each with parameters, body and an example."""
    groups: dict[str, list[str]] = {}
    for path, method, operation in _operations(description):
        tag = (operation.get("tags") or ["other"])[0]
        groups.setdefault(tag, []).append(_operation(path, method, operation, description))
    contents = " · ".join(f'<a href="#{_slug(tag)}">{escape(tag)}</a>' for tag in groups)
    sections = "".join(
        f'<h2 id="{_slug(tag)}">{escape(tag)}</h2>{"".join(entries)}'
        for tag, entries in groups.items()
    )
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
    table = f"<table>{''.join(rows)}</table>" if rows else ""
    return (
        f"<details><summary><b class={method}>{method.upper()}</b> <code>{escape(path)}</code> "
        f"{escape(operation.get('summary', ''))}</summary>"
        f"<p>{escape(operation.get('description', ''))}</p>{table}{example}</details>"
    )


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
    if "anyOf" in schema:
        return " or ".join(_type(option) for option in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return str(schema.get("format") or schema.get("type", "anything"))


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
