"""Broken connections, a lost database, a failure of our own."""

import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
import uvicorn
from httpx2 import Client, Response

from adapters.postgres.embedded import THROWAWAY, EmbeddedPostgres
from tests.api.desk import Desk, key, running_desk
from tests.database import Databases


@pytest.fixture
def address(desk: Desk) -> Iterator[tuple[str, int]]:
    """The desk on a real socket, by the server that runs it in production."""
    server = uvicorn.Server(
        uvicorn.Config(desk.app, host="127.0.0.1", port=0, lifespan="off", log_config=None)
    )
    listening = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, args=[[listening]])
    thread.start()
    yield listening.getsockname()
    server.should_exit = True
    thread.join()
    listening.close()


def test_a_lost_answer_is_given_again(desk: Desk, address: tuple[str, int]) -> None:
    """The client hangs up right after sending: the command may or may not have been written."""
    for pause in (0.0, 0.002, 0.01, 0.05):
        command_id = key()
        body = b'{"requester": "mina", "subject": "Lost in transit"}'
        request = (
            b"POST /api/v1/tickets HTTP/1.1\r\nHost: desk\r\nContent-Type: application/json\r\n"
            b"Authorization: Bearer %b\r\nIdempotency-Key: %b\r\nContent-Length: %d\r\n\r\n%b"
            % (desk.agent.token.encode(), command_id.encode(), len(body), body)
        )
        with socket.create_connection(address) as connection:
            connection.sendall(request)
            time.sleep(pause)
        headers = {"Idempotency-Key": command_id}
        sent = {"requester": "mina", "subject": "Lost in transit"}
        answers = [desk.agent.post("/tickets", sent, headers=headers) for _ in range(3)]
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.json()["id"] for answer in answers}) == 1
        assert answers[-1].headers["Idempotent-Replayed"] == "true"
        ticket = answers[0].json()["id"]
        assert len(desk.agent.get(f"/tickets/{ticket}/events").json()["items"]) == 1


def test_the_server_keeps_a_connection_between_requests(
    desk: Desk, address: tuple[str, int]
) -> None:
    host, port = address
    with Client(base_url=f"http://{host}:{port}") as client:
        bearer = {"Authorization": f"Bearer {desk.agent.token}"}
        assert [client.get("/api/v1/me", headers=bearer).status_code for _ in range(3)] == [200] * 3


def until_it_works(desk: Desk, seconds: float = 60) -> Response:
    """Open a ticket again and again under one key, as a good client does; the last answer."""
    headers = {"Idempotency-Key": key()}
    body = {"requester": "mina", "subject": "After the storm"}
    deadline = time.monotonic() + seconds
    while True:
        answer = desk.agent.post("/tickets", body, headers=headers)
        if answer.status_code == 201 or time.monotonic() > deadline:
            return answer
        assert answer.status_code == 503, answer.text
        assert answer.json()["type"] == "/problems/unavailable"
        assert answer.headers["Retry-After"]
        time.sleep(0.1)


def test_killed_connections_are_replaced(desk: Desk, database_url: str) -> None:
    desk.agent.opens()
    with psycopg.connect(database_url, autocommit=True) as killer:
        killer.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    opened = until_it_works(desk)
    assert opened.status_code == 201
    seen = {"X-Chronodesk-Position": opened.headers["X-Chronodesk-Position"]}
    listed = desk.agent.get("/tickets", headers=seen)
    assert opened.json()["id"] in [row["id"] for row in listed.json()["items"]]


@pytest.mark.slow
def test_a_stopped_database_is_503_and_comes_back_by_itself(tmp_path: Path) -> None:
    folder = tmp_path / "pg"
    server = EmbeddedPostgres(folder, settings=THROWAWAY).start()
    try:
        with running_desk(server.url) as desk:
            before = desk.agent.opens()
            server.stop()
            paths = ("/tickets", f"/tickets/{before['id']}", "/views", "/health/ready")
            with ThreadPoolExecutor(len(paths)) as at_once:  # each waits for as long as may be
                answers = list(at_once.map(desk.agent.get, paths))
            for path, answer in zip(paths, answers, strict=True):
                assert answer.status_code == 503, (path, answer.text)
                assert answer.headers["Retry-After"]
            assert desk.client.get("/api/v1/health").status_code == 200
            server.start()
            opened = until_it_works(desk)
            assert opened.status_code == 201
            seen = {"X-Chronodesk-Position": opened.headers["X-Chronodesk-Position"]}
            assert len(desk.agent.get("/tickets", headers=seen).json()["items"]) == 2
    finally:
        server.stop()


def test_a_failure_of_our_own_is_a_problem_without_inner_detail(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("SECRET inner detail")

    monkeypatch.setattr(desk.services.handler, "handle_async", fails)
    answer = desk.agent.post("/tickets", {"requester": "mina", "subject": "x"})
    assert (answer.status_code, answer.json()["type"]) == (500, "/problems/internal")
    assert "SECRET" not in answer.text


def test_a_view_that_another_version_built_is_being_built(databases: Databases) -> None:
    """After an update a view has its old columns until the new copy takes its place."""
    with databases.fresh(migrated=True) as url, running_desk(url, worker=True) as desk:
        ticket = desk.agent.opens()["id"]
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("ALTER VIEW read.conversation_entry RENAME COLUMN body TO said")
        answer = desk.agent.get(f"/tickets/{ticket}/conversation")
        assert answer.status_code == 503, answer.text
        assert answer.json()["type"] == "/problems/view-being-built"
        assert int(answer.headers["Retry-After"]) >= 1
        assert desk.agent.post(f"/tickets/{ticket}/reply", {"body": "Yes."}).status_code == 200
