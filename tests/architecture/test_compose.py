"""docker-compose.yml follows the specification and names only what exists."""

import json
import os
import re
import subprocess
import time
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import typer

from api import web_app
from api.console.app import app
from api.kafka_settings import KafkaSettings
from api.settings import Settings, load_settings
from tests.broker.broker import program
from tests.cluster.compose import COMPOSE, interpolated

ROOT = Path(__file__).parents[2]
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


def profile(name: str) -> set[str]:
    return {key for key, it in SERVICES.items() if name in it.get("profiles", [name])}


def test_there_is_a_small_set_up_and_a_large_one() -> None:
    assert profile("small") == {"postgres", "api", "worker"}
    large = {"postgres", "kafka", "api-1", "api-2", "publisher", "views"}
    assert profile("cluster") == large
    assert SERVICES["views"]["deploy"] == {"replicas": 3}
    assert profile("intake") - large == {"intake"}, "beside the large one, with a token"


def test_each_service_waits_until_what_it_needs_is_healthy() -> None:
    for name, service in SERVICES.items():
        assert service["healthcheck"]["test"]
        for needed, how in service.get("depends_on", {}).items():
            assert how["condition"] == "service_healthy"
            beside = {"intake": profile("cluster")}
            for one in service.get("profiles", []):
                assert needed in profile(one) | beside.get(one, set()), name


def test_everything_waits_in_the_end_for_the_database() -> None:
    def needs(name: str) -> set[str]:
        direct = set(SERVICES[name].get("depends_on", ()))
        return direct.union(*(needs(one) for one in direct))

    ours = {name for name, service in SERVICES.items() if "build" in service}
    assert [name for name in ours if "postgres" not in needs(name)] == []
    in_cluster = ours & (profile("cluster") | profile("intake"))
    assert [name for name in in_cluster if "kafka" not in needs(name)] == []


def test_only_this_machine_can_connect() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert len(ports) == 4
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []


def test_a_worker_is_healthy_while_it_touches_its_file(tmp_path: Path) -> None:
    for name, service in SERVICES.items():
        command = service.get("command", [])
        kind, check = service["healthcheck"]["test"][:2]
        if "worker" not in command:
            continue
        assert kind == "CMD-SHELL"
        file = command[command.index("--heartbeat") + 1]
        assert file in check
        mine = tmp_path / name
        script = check.replace("$$", "$").replace(file, str(mine))

        def healthy(script: str = script) -> bool:
            return (
                subprocess.run(["sh", "-c", script], capture_output=True, check=False).returncode
                == 0
            )

        assert not healthy()
        mine.touch()
        assert healthy()
        os.utime(mine, (time.time() - 60,) * 2)
        assert not healthy()


def test_kafka_takes_the_properties_that_it_is_given(kafka_programs: None, tmp_path: Path) -> None:
    """As the image does it: KAFKA_LOG_DIRS becomes log.dirs."""
    given = {
        name.removeprefix("KAFKA_").lower().replace("_", "."): interpolated(str(value), {})
        for name, value in SERVICES["kafka"]["environment"].items()
    }
    given["log.dirs"] = str(tmp_path / "data")
    file = tmp_path / "server.properties"
    file.write_text("".join(f"{name}={value}\n" for name, value in given.items()))
    tool = ("kafka.tools.StorageTool", "format", f"--cluster-id={'A' * 22}", "--config", file)
    done = subprocess.run(program(*tool), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "unknown" not in done.stderr.lower()


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
    application.commands[name].make_context(name, arguments)  # raises for what it does not take


def test_a_command_that_does_not_exist_is_noticed() -> None:
    with pytest.raises(Exception, match="No such option"):
        test_each_command_and_option_in_it_exists(["worker", "--publishh"])


@pytest.mark.parametrize("name", [name for name in SERVICES if "build" in SERVICES[name]])
def test_every_variable_of_a_service_is_a_setting_with_a_value_it_may_have(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)  # there is no .env
    given = SERVICES[name]["environment"]
    for variable, value in given.items():
        monkeypatch.setenv(variable, interpolated(value, {"POSTGRES_PASSWORD": "secret"}))
    chosen = load_settings().model_dump(exclude_unset=True)
    known = {
        f"CHRONODESK_{field}__{part}".upper() if isinstance(value, dict) else field
        for field, value in chosen.items()
        for part in (value if isinstance(value, dict) else [""])
    }
    known = {one if one.startswith("CHRONODESK") else f"CHRONODESK_{one.upper()}" for one in known}
    assert known == set(given)


def test_every_variable_of_the_image_and_the_example_is_a_setting() -> None:
    known = {f"CHRONODESK_{name.upper()}" for name in Settings.model_fields}
    example = (ROOT / ".env.example").read_text()
    named = set(re.findall(r"\bCHRONODESK_\w+(?==)", DOCKERFILE + example))
    assert {name.partition("__")[0] for name in named} <= known
    parts = {name.partition("KAFKA__")[2].lower() for name in named if "KAFKA__" in name}
    assert parts <= set(KafkaSettings.model_fields)
