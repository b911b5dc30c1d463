"""Files at the front door: brought, refused, fetched in parts, and by those who may see them."""

import hashlib
import io
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import unquote

import pytest
from httpx2 import Response

from commands.blob_ports import BlobsUnavailable, NoRoom
from domain.access import Role
from domain.ids import BlobId, WorkspaceId
from tests.api.desk import Desk, Person, running_desk
from tests.api.samples import EXE, HTML, PDF, PNG, SVG
from tests.database import Databases


def bring(
    person: Person, content: bytes, name: str = "scan.png", media_type: str = "image/png"
) -> Response:
    headers = {"Content-Type": media_type}
    return person.request("POST", "/blobs", params={"name": name}, content=content, headers=headers)


def brought(person: Person, content: bytes, name: str = "", **more: Any) -> dict[str, Any]:
    answer = bring(person, content, name, more.pop("media_type", "application/octet-stream"))
    assert answer.status_code == 201, answer.text
    file: dict[str, Any] = answer.json()
    return file


def sent(person: Person, ticket: str, command: str, file: dict[str, Any]) -> dict[str, str]:
    """Say something with the file; the header that waits for it."""
    more = {"channel": "web"} if command == "receive_message" else {}
    body = {"body": "Look.", "attachments": [file], **more}
    answer = person.post(f"/tickets/{ticket}/{command}", body)
    assert answer.status_code == 200, answer.text
    return {"X-Chronodesk-Position": answer.headers["X-Chronodesk-Position"]}


@pytest.mark.parametrize("size", [1, 300_000, 3_000_000])
def test_a_file_comes_back_as_it_was_brought(shared_desk: Desk, size: int) -> None:
    agent = shared_desk.agent
    content = PNG + b"\1" * size
    file = brought(agent, content, "scan 1.png")
    assert file == {
        "blob": hashlib.sha256(content).hexdigest(),
        "name": "scan 1.png",
        "media_type": "image/png",
        "size": len(content),
    }
    answer = agent.get(f"/blobs/{file['blob']}")
    assert (answer.status_code, answer.content) == (200, content)
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Content-Length"] == str(len(content))
    assert brought(agent, content, "again.png")["blob"] == file["blob"]


def test_a_name_is_cleaned_and_a_file_without_one_has_one(shared_desk: Desk) -> None:
    agent = shared_desk.agent
    assert brought(agent, PNG, "C:\\x\\photo\u202egpj.png")["name"] == "photogpj.png"
    assert brought(agent, PNG, "견적서 최종.png")["name"] == "견적서 최종.png"
    assert brought(agent, PNG)["name"] == "file"
    assert bring(agent, PNG, "x" * 1_001).status_code == 422


@pytest.mark.parametrize(
    ("content", "name", "media_type", "problem"),
    [
        (EXE, "setup.exe", "application/octet-stream", "file-refused"),
        (EXE, "holiday.png", "image/png", "file-refused"),
        (b"alert(1)", "a.js", "text/javascript", "file-refused"),
        (HTML, "scan.png", "image/png", "file-mismatch"),
        (b"", "empty.txt", "text/plain", "invalid"),
    ],
)
def test_what_may_not_come_in_is_refused_and_not_kept(
    shared_desk: Desk, content: bytes, name: str, media_type: str, problem: str
) -> None:
    agent = shared_desk.agent
    answer = bring(agent, content, name, media_type)
    assert answer.json()["type"] == f"/problems/{problem}", answer.text
    blob = hashlib.sha256(content).hexdigest()
    assert agent.get(f"/blobs/{blob}").status_code == 404
    assert shared_desk.services.blobs.size(WorkspaceId("default"), BlobId(blob)) is None


def test_only_who_brought_a_file_gets_it_back_before_it_is_sent(shared_desk: Desk) -> None:
    mina = shared_desk.as_(Role.REQUESTER, "mina")
    file = brought(mina, PNG + b"mina's")
    assert mina.get(f"/blobs/{file['blob']}").status_code == 200
    for other in (shared_desk.agent, shared_desk.as_(Role.REQUESTER, "jun")):
        assert other.get(f"/blobs/{file['blob']}").status_code == 404
    assert mina.get("/blobs/xyz").status_code == 422


def test_what_is_no_picture_is_saved_and_can_do_nothing(shared_desk: Desk) -> None:
    agent = shared_desk.agent
    for content, name, shown in (
        (PNG, "a.png", True),
        (b"text", "a.txt", True),
        (HTML, "보고서.html", False),
        (SVG, "a.svg", False),
        (PDF, "a.pdf", False),
    ):
        answer = agent.get(f"/blobs/{brought(agent, content, name)['blob']}")
        how, plain, encoded = answer.headers["Content-Disposition"].split("; ")
        assert (how == "inline") == shown, name
        assert plain.isascii()
        assert unquote(encoded.removeprefix("filename*=UTF-8''")) == name
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        policies = answer.headers.get_list("Content-Security-Policy")
        assert "sandbox; default-src 'none'" in policies
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_a_file_is_fetched_once_and_in_parts(shared_desk: Desk) -> None:
    agent = shared_desk.agent
    content = PNG + bytes(range(256)) * 40
    address = f"/blobs/{brought(agent, content)['blob']}"
    whole = agent.get(address, headers={"Accept-Encoding": "gzip"})
    assert whole.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    tag = whole.headers["ETag"]
    again = agent.get(address, headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    size = len(content)
    for asked, part in (
        ("bytes=0-9", content[:10]),
        (f"bytes=10-{size * 2}", content[10:]),
        ("bytes=100-", content[100:]),
        ("bytes=-7", content[-7:]),
        (f"bytes=-{size * 2}", content),
    ):
        answer = agent.get(address, headers={"Range": asked, "Accept-Encoding": "gzip"})
        assert (answer.status_code, answer.content) == (206, part), asked
        start = size - len(part) if asked != "bytes=0-9" else 0
        said = f"bytes {start}-{start + len(part) - 1}/{size}"
        assert answer.headers["Content-Range"] == said
    for asked in ("bytes=0-1,5-6", "lines=1-2", "bytes=-", "bytes=x-"):
        assert agent.get(address, headers={"Range": asked}).content == content
    old = {"Range": "bytes=0-9", "If-Range": '"another"'}
    assert agent.get(address, headers=old).status_code == 200
    beyond = agent.get(address, headers={"Range": f"bytes={size}-"})
    assert beyond.json()["type"] == "/problems/bad-range"
    assert beyond.headers["Content-Range"] == f"bytes */{size}"


def test_a_file_beside_a_message_is_for_those_who_may_read_it(shared_desk: Desk) -> None:
    agent = shared_desk.agent
    mina, jun = (shared_desk.as_(Role.REQUESTER, name) for name in ("mina", "jun"))
    ticket = agent.opens()["id"]
    for command, content, to_mina in (("reply", b"public", 200), ("add_note", b"inner", 404)):
        file = brought(agent, PNG + content, "scan.png")
        place = f"/tickets/{ticket}/attachments/{file['blob']}"
        assert agent.get(place).status_code == 404, "it is beside no message yet"
        now = sent(agent, ticket, command, {**file, "name": "renamed.png"})
        answer = agent.get(place, headers=now)
        assert answer.content == PNG + content
        assert 'filename="renamed.png"' in answer.headers["Content-Disposition"]
        assert mina.get(place, headers=now).status_code == to_mina
        assert jun.get(place, headers=now).status_code == 404
        auditor = shared_desk.as_(Role.AUDITOR)
        assert auditor.get(place, headers=now).status_code == 200
        other = agent.opens("jun")["id"]
        assert agent.get(f"/tickets/{other}/attachments/{file['blob']}").status_code == 404


def test_a_file_goes_where_its_message_goes_and_no_further(shared_desk: Desk) -> None:
    agent, mina, jun = (
        shared_desk.agent,
        shared_desk.as_(Role.REQUESTER, "mina"),
        shared_desk.as_(Role.REQUESTER, "jun"),
    )
    source, target = agent.opens()["id"], agent.opens("jun")["id"]
    file = brought(mina, PNG + b"merged")
    sent(mina, source, "receive_message", file)
    merged = agent.post(f"/tickets/{source}/merge", {"into": target})
    assert merged.status_code == 200, merged.text
    now = {"X-Chronodesk-Position": merged.headers["X-Chronodesk-Position"]}
    place = f"/tickets/{target}/attachments/{file['blob']}"
    assert agent.get(place, headers=now).status_code == 200
    assert jun.get(place, headers=now).status_code == 404, "another requester's message"
    assert mina.get(f"/tickets/{source}/attachments/{file['blob']}").status_code == 200

    whole = agent.opens(description="Two things.")["id"]
    part = brought(mina, PNG + b"split")
    said = mina.post(
        f"/tickets/{whole}/receive_message",
        {"body": "Also", "channel": "web", "attachments": [part]},
    ).json()
    message = said["events"][0]["details"]["message"]
    split = agent.post(f"/tickets/{whole}/split", {"messages": [message], "subject": "Also"})
    assert split.status_code == 200, split.text
    now = {"X-Chronodesk-Position": split.headers["X-Chronodesk-Position"]}
    new = next(e["details"]["into"] for e in split.json()["events"] if "into" in e["details"])
    for person in (agent, mina):
        answer = person.get(f"/tickets/{new}/attachments/{part['blob']}", headers=now)
        assert answer.content == PNG + b"split"


def test_a_file_that_is_too_long_is_refused_however_it_comes(databases: Databases) -> None:
    with (
        databases.fresh(migrated=True) as url,
        running_desk(url, worker=False, upload_limit=2_000, upload_per_day=5_000) as desk,
    ):
        agent = desk.agent
        long = PNG + b"\0" * 2_000
        announced = bring(agent, long)
        assert (announced.status_code, announced.json()["limit"]) == (413, 2_000)

        def pieces() -> Any:
            for start in range(0, len(long), 100):
                yield long[start : start + 100]

        unannounced = agent.request(
            "POST", "/blobs", content=pieces(), headers={"Content-Type": "image/png"}
        )
        assert unannounced.status_code == 413
        for n in range(3):
            assert bring(agent, PNG + b"%d" % n + b"\0" * 1_500).status_code == 201
        flood = bring(agent, PNG + b"4" + b"\0" * 1_500)
        assert flood.json()["type"] == "/problems/too-many-uploads"
        assert flood.headers["Retry-After"]
        assert bring(desk.admin, PNG + b"\0" * 1_500).status_code == 201
        long_json = agent.post("/tickets", {"requester": "mina", "subject": "x" * 2_000})
        assert long_json.status_code == 422, "other bodies have a limit of their own"


@pytest.mark.parametrize(
    ("fault", "status", "problem"),
    [(NoRoom("full"), 507, "no-room"), (BlobsUnavailable("away"), 503, "files-unavailable")],
)
def test_when_it_cannot_be_kept_nothing_is_half_there(
    shared_desk: Desk,
    monkeypatch: pytest.MonkeyPatch,
    fault: Exception,
    status: int,
    problem: str,
) -> None:
    agent, content = shared_desk.agent, PNG + problem.encode()

    def put(workspace: WorkspaceId, blob: BlobId, content: BinaryIO) -> None:
        raise fault

    with monkeypatch.context() as patched:
        patched.setattr(shared_desk.services.blobs, "put", put)
        answer = bring(agent, content)
    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{problem}")
    blob = hashlib.sha256(content).hexdigest()
    assert agent.get(f"/blobs/{blob}").status_code == 404
    named = {"requester": "mina", "subject": "x", "attachments": [{"blob": blob}]}
    assert agent.post("/tickets", named).status_code == 422
    assert bring(agent, content).status_code == 201, "and the next attempt finds no trace"


def test_a_temporary_file_without_room_is_told(
    shared_desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    class Full(io.BytesIO):
        def write(self, piece: Any) -> int:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr("api.files.incoming.tempfile.SpooledTemporaryFile", lambda **_: Full())
    assert bring(shared_desk.agent, PNG).status_code == 507


def test_a_file_that_is_lost_is_not_there(shared_desk: Desk) -> None:
    agent = shared_desk.agent
    file = brought(agent, PNG + b"lost")
    ticket = agent.opens()["id"]
    now = sent(agent, ticket, "reply", file)
    shared_desk.services.blobs.delete(WorkspaceId("default"), BlobId(file["blob"]))
    answer = agent.get(f"/tickets/{ticket}/attachments/{file['blob']}", headers=now)
    assert answer.status_code == 404
    assert "not in the store" in answer.json()["detail"]
