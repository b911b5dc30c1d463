"""status, health, check, rebuild, migrate, openapi, user - and how failures are told."""

import json
import socket
import sys
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from api.cli import main
from api.console.opening import services
from domain.identity import Identity
from projections import queue
from tests.api.console.running import Run
from tests.api.desk import WORKSPACE

QUEUE = f"queue_v{queue.PROJECTION.version}"
"""The schema with the tables of the queue."""


def test_status_says_how_far_the_views_are(run: Run) -> None:
    window = ("--from", "2025-09-01", "--to", "2025-09-02")
    run("simulate", "--tickets", "3", *window)
    behind = run("status", "--json").json["views"]
    assert all(view["lag"] == view["head"] > 0 for view in behind)
    assert run("rebuild", "queue").code == 0
    now = {view["projection"]: view["lag"] for view in run("status", "--json").json["views"]}
    assert now.pop("queue") == 0
    assert all(now.values())
    assert "queue" in run("status").out


def test_what_a_view_could_not_take_is_told_and_tried_again(run: Run, database_url: str) -> None:
    assert run("rebuild", "queue").code == 0
    assert (run("retry").code, "Nothing is parked" in run("retry").err) == (0, True)
    with psycopg.connect(database_url) as connection:
        connection.execute(f"ALTER TABLE {QUEUE}.ticket ADD CONSTRAINT odd CHECK (number > 1)")
    window = ("--from", "2025-09-01", "--to", "2025-09-02")
    run("simulate", "--tickets", "3", *window)
    with services(None) as opened:
        while opened.runner.step():
            pass
    assert "odd" in run("status").err
    assert (run("retry", "queue").code, run("retry", "que").code) == (1, 2)
    with psycopg.connect(database_url) as connection:
        connection.execute(f"ALTER TABLE {QUEUE}.ticket DROP CONSTRAINT odd")
    assert run("retry", "queue").code == 0
    assert run("check").code == 0


def test_only_views_that_exist_can_be_rebuilt(run: Run) -> None:
    assert run("rebuild").code == 2
    unknown = run("rebuild", "que")
    assert (unknown.code, "queue" in unknown.err) == (2, True)


def test_a_rebuild_says_what_it_could_not_apply(told: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ValueError("no such counter")

    assert "could not be applied" not in told("rebuild", "queue").err
    with monkeypatch.context() as at_fault:
        at_fault.setattr("projections.queue._count", broken)
        done = told("rebuild", "queue", "--processes", "1")
        assert done.code == 0
        assert "events could not be applied to queue" in done.err
        *_, last = told("rebuild", "queue", "--processes", "1", "--json").out.splitlines()
    assert json.loads(last)["parked"] > 30
    *_, last = told("rebuild", "queue", "--json").out.splitlines()
    assert json.loads(last) == {"view": "queue", "phase": "done", "parked": 0}


def test_check_finds_no_fault_where_there_is_none(told: Run) -> None:
    found = told("check", "--json")
    assert (found.code, found.json["findings"]) == (0, [])
    assert found.json["events"] > 100
    assert "No fault found" in told("check", "--log-only").err


def test_check_finds_a_view_that_says_something_else_than_the_log(
    told: Run, database_url: str
) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute(f"UPDATE {QUEUE}.ticket SET priority = 'urgent' WHERE number = 3")
    found = told("check", "--json")
    assert found.code == 1
    assert [finding["where"].split(",")[0] for finding in found.json["findings"]] == ["view queue"]
    assert "priority" in told("check").err


def test_check_finds_damage_in_the_log(told: Run, database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE chronodesk.lane SET head = head + 1")
    found = told("check", "--log-only", "--json")
    assert found.code == 1
    assert "head" in found.json["findings"][0]["detail"]


def test_the_description_of_the_api_is_printed(run: Run) -> None:
    assert run("openapi").json["openapi"].startswith("3.1")


def test_the_schema_is_brought_up_to_date(run: Run) -> None:
    assert run("migrate").code == run("migrate").code == 0


def test_nobody_answers_where_nothing_runs(run: Run) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
        quiet = run("health", "--url", url)  # nobody else may listen there meanwhile
    assert (quiet.code, "chronodesk serve" in quiet.err) == (1, True)
    assert run("health", "--url", "ftp://x").code == 2


def test_a_port_in_use_is_named_and_a_free_one_proposed(run: Run) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = run("serve", "--port", str(port))
    assert (refused.code, f"Port {port}" in refused.err) == (1, True)
    proposed = int(refused.err.split("--port ")[1].split()[0])
    assert proposed != port


def test_somebody_may_sign_in_until_it_is_revoked(run: Run) -> None:
    added = run("user", "add", "Kim@Example.com", "--role", "lead", "--name", "Kim")
    assert (added.code, "password" in added.out) == (0, True)
    token = run("user", "token", "kim@example.com", "--label", "test", "--days", "1").out.strip()
    listed = run("user", "list", "--json").json
    assert [(a["email"], a["role"], a["person"]) for a in listed["accounts"]] == [
        ("kim@example.com", "lead", "kim")
    ]
    assert [t["label"] for t in listed["tokens"]] == ["test"]
    assert token.startswith(f"cd_{listed['tokens'][0]['token']}")
    assert token not in run("user", "list").out
    assert run("user", "revoke", listed["tokens"][0]["token"]).code == 0
    assert run("user", "revoke", listed["tokens"][0]["token"]).code == 1
    assert run("user", "revoke", "kim@example.com").code == 0
    assert run("user", "token", "kim@example.com").code == 1


def test_who_is_locked_out_is_listed_and_let_in_again(run: Run) -> None:
    with services(None) as opened:
        for _ in range(opened.settings.lockout_after):
            attempt = opened.lockout.begin(WORKSPACE, "kim@example.com", "203.0.113.7")
            opened.lockout.failed(attempt)
    (locked,) = run("user", "list", "--json").json["locked"]
    assert (locked["locked"], locked["name"]) == ("account", "kim@example.com")
    assert "kim@example.com" in run("user", "list").out
    assert run("user", "unlock", "Kim@example.com").code == 0
    assert run("user", "unlock", "203.0.113.7").code == 0
    again = run("user", "unlock", "kim@example.com")
    assert (again.code, "no wrong passwords" in again.err) == (1, True)
    assert run("user", "list", "--json").json["locked"] == []


def test_who_comes_through_a_provider_is_listed_and_may_be_kept_out(run: Run) -> None:
    now = datetime.now(UTC)
    identity = Identity(
        workspace=WORKSPACE,
        issuer="https://login.example.com",
        subject="s1",
        is_requester=False,
        person="kim",
        email="kim@example.com",
        created_at=now,
        signed_in_at=now,
        disabled_at=None,
    )
    with services(None) as opened:
        opened.identities.keep(identity)
    (listed,) = run("user", "list", "--json").json["identities"]
    assert (listed["email"], listed["person"], listed["active"]) == ("kim@example.com", "kim", True)
    assert "https://login.example.com" in run("user", "list").out
    assert run("user", "revoke", "Kim@example.com").code == 0
    assert run("user", "list", "--json").json["identities"][0]["active"] is False
    assert run("user", "add", "kim@example.com").code == 0
    assert run("user", "list", "--json").json["identities"][0]["active"] is True


def test_a_new_user_is_a_person_of_the_desk(run: Run) -> None:
    run("user", "add", "kim@example.com")
    run("user", "add", "mina@example.com", "--role", "requester", "--name", "Mina")
    run("user", "add", "mina@example.com", "--role", "requester", "--name", "Mina")
    assert run("check", "--log-only", "--json").json["events"] == 2


def test_two_people_of_one_name_do_not_become_one_person(run: Run) -> None:
    for email in ("mina@one.example", "mina@two.example", "mina@one.example"):
        run("user", "add", email, "--role", "requester")
    people = [account["person"] for account in run("user", "list", "--json").json["accounts"]]
    assert people == ["mina", "mina-two.example"]


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("CHRONODESK_DATABASE_URL", "mysql://x", "postgresql://"),
        ("CHRONODESK_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none", "127.0.0.1"),
        ("CHRONODESK_PORT", "99999", "CHRONODESK_PORT"),
    ],
)
def test_a_failure_is_told_in_a_sentence_and_without_a_traceback(
    variable: str,
    value: str,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv(variable, value)
    monkeypatch.setattr(sys, "argv", ["chronodesk", "migrate"])
    with pytest.raises(SystemExit) as ended:
        main()
    printed = capsys.readouterr().err
    assert ended.value.code == 1
    assert said in printed
    assert "Traceback" not in printed


def test_an_unknown_mapping_is_told_with_the_ready_ones(
    tmp_path: Path,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "log.csv"
    file.write_text("a,b\n")
    monkeypatch.setenv("CHRONODESK_DATABASE_URL", database_url)
    monkeypatch.setattr(sys, "argv", ["chronodesk", "import", str(file), "--mapping", "none"])
    with pytest.raises(SystemExit):
        main()
    assert "servicenow_incidents" in capsys.readouterr().err


def test_lanes_are_shown_and_their_number_is_changed(run: Run) -> None:
    before = run("lanes", "--json").json
    assert [(lane["lane"], lane["new_streams"]) for lane in before] == [(0, True)]
    assert run("lanes", "set", "0").code == 2
    said = run("lanes", "set", "2", "--yes")
    assert (said.code, "added: 1" in said.err) == (0, True)
    assert run("lanes", "set", "1", "--yes").code == 0
    now = run("lanes", "--json").json
    assert [(lane["lane"], lane["new_streams"]) for lane in now] == [(0, True), (1, False)]
    assert "new_streams" in run("lanes").out


def test_lanes_are_not_changed_before_somebody_said_yes(run: Run) -> None:
    assert run("lanes", "set", "2").code == 1
    assert len(run("lanes", "--json").json) == 1


def test_after_a_restore_programs_read_the_lanes_again(run: Run, database_url: str) -> None:
    query = "SELECT epoch FROM chronodesk.lane"
    with psycopg.connect(database_url, autocommit=True) as connection:
        before = connection.execute(query).fetchall()
        assert run("lanes", "fence").code == 0
        assert connection.execute(query).fetchall() > before
