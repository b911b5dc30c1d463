"""docker-compose.yml follows the specification and names only what exists."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import typer
import yaml

from api import web_app
from api.console.app import app
from api.settings import Settings

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()


def chronodesk_calls() -> list[list[str]]:
    """All `chronodesk ...` command lines in docker-compose.yml and the Dockerfile."""
    calls = [list(service.get("command", [])) for service in SERVICES.values()]
    calls += [
        service.get("healthcheck", {}).get("test", ["CMD"])[1:] for service in SERVICES.values()
    ]
    calls += [json.loads(line) for line in re.findall(r"CMD (\[.*\])", DOCKERFILE)]
    return [call[1:] for call in calls if call[:1] == ["chronodesk"]]


def test_it_follows_the_compose_specification() -> None:
    schema = json.loads(Path(__file__).with_name("compose-spec.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(COMPOSE)


def test_the_schema_notices_a_fault() -> None:
    schema = json.loads(Path(__file__).with_name("compose-spec.json").read_text())
    wrong = {**COMPOSE, "services": {"api": {"imaje": "x"}}}
    assert not jsonschema.Draft202012Validator(schema).is_valid(wrong)


def test_each_service_waits_until_what_it_needs_is_healthy() -> None:
    for service in SERVICES.values():
        for needed, how in service.get("depends_on", {}).items():
            assert how["condition"] == "service_healthy"
            assert SERVICES[needed]["healthcheck"]["test"]


def test_volumes_in_use_are_declared_and_none_is_forgotten() -> None:
    used = {volume.split(":")[0] for s in SERVICES.values() for volume in s.get("volumes", [])}
    assert used == set(COMPOSE["volumes"])


def test_data_of_postgres_18_is_on_the_volume() -> None:
    # Since 18 the image keeps its data in a folder per version, below /var/lib/postgresql.
    assert SERVICES["postgres"]["image"] == "postgres:18"
    assert SERVICES["postgres"]["volumes"] == ["postgres:/var/lib/postgresql"]


def test_the_image_is_built_from_files_that_exist() -> None:
    assert {service["build"] for service in SERVICES.values() if "build" in service} == {"."}
    let_in = re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE)
    for sources in re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE):
        for source in sources.split():
            assert (ROOT / source).exists()
            assert source in let_in or source.partition("/")[0] in let_in


def test_the_web_app_is_built_in_the_image_and_copied_to_where_it_is_served_from() -> None:
    folder = web_app.BUILT.relative_to(ROOT)
    assert f"COPY --from=app /src/{folder} ./{folder}\n" in DOCKERFILE
    assert f"\n{folder}\n" in (ROOT / ".dockerignore").read_text()


def test_the_image_does_not_run_as_root() -> None:
    last_stage = DOCKERFILE.split("\nFROM ")[-1]
    assert re.findall(r"^USER (\w+)$", last_stage, re.MULTILINE) == ["chronodesk"]


def test_the_image_takes_setuptools_with_its_hash_from_the_lock() -> None:
    script = re.search(r"sed -n '(/\^setuptools==/,[^']+)'", DOCKERFILE)
    assert script is not None
    assert script[1] == "/^setuptools==/,/^ *# via/p"
    lock = (ROOT / "requirements-dev.lock").read_text()
    block = re.search(r"^setuptools==(?:.*\n)*?.* # via", lock, re.MULTILINE)
    assert block is not None
    assert "--hash=sha256:" in block[0]
    assert block[0].count("==") == 1


@pytest.mark.parametrize("call", chronodesk_calls(), ids=" ".join)
def test_each_command_and_option_in_it_exists(call: list[str]) -> None:
    application: Any = typer.main.get_command(app)
    name, *arguments = call
    assert name in application.commands
    options = {
        flag
        for parameter in application.commands[name].params
        for flag in [*parameter.opts, *parameter.secondary_opts]
    }
    assert {argument for argument in arguments if argument.startswith("--")} <= options


def test_every_variable_it_sets_is_a_setting() -> None:
    known = {f"CHRONODESK_{name.upper()}" for name in Settings.model_fields}
    example = (ROOT / ".env.example").read_text()
    named = {name for service in SERVICES.values() for name in service.get("environment", {})}
    named |= set(re.findall(r"\bCHRONODESK_\w+(?==)", DOCKERFILE + example))
    settings = {name.partition("__")[0] for name in named if name.startswith("CHRONODESK_")}
    assert settings <= known
