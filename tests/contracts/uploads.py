"""What every list of uploads does."""

from datetime import UTC, datetime, timedelta

import pytest

from commands.blob_ports import Upload, Uploads
from domain.actor import Actor, ActorKind
from domain.ids import BlobId, WorkspaceId

HERE, THERE = WorkspaceId("here"), WorkspaceId("there")
MINA = Actor(kind=ActorKind.REQUESTER, id="mina")
KIM = Actor(kind=ActorKind.AGENT, id="kim")
NAMESAKE = Actor(kind=ActorKind.AGENT, id="mina")
BLOB, OTHER = BlobId("a" * 64), BlobId("b" * 64)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def upload(
    blob: BlobId = BLOB,
    by: Actor = MINA,
    name: str = "scan.png",
    at: datetime = NOON,
    workspace: WorkspaceId = HERE,
) -> Upload:
    return Upload(
        workspace=workspace,
        blob=blob,
        by=by,
        name=name,
        media_type="image/png",
        size=8,
        used_at=at,
    )


class UploadsContract:
    @pytest.fixture
    def uploads(self) -> Uploads:
        raise NotImplementedError

    def test_what_was_put_is_found_by_who_put_it_and_by_nobody_else(self, uploads: Uploads) -> None:
        uploads.put(upload())
        assert uploads.find(HERE, BLOB, MINA) == upload()
        assert uploads.find(HERE, OTHER, MINA) is None
        assert uploads.find(HERE, BLOB, NAMESAKE) is None
        assert uploads.find(THERE, BLOB, MINA) is None

    def test_the_same_content_again_is_renamed_and_not_older(self, uploads: Uploads) -> None:
        uploads.put(upload())
        uploads.put(upload(name="again.png", at=NOON - timedelta(hours=1)))
        assert uploads.find(HERE, BLOB, MINA) == upload(name="again.png")

    def test_a_claim_gives_what_was_uploaded_and_says_when_it_was_used(
        self, uploads: Uploads
    ) -> None:
        later = NOON + timedelta(hours=1)
        uploads.put(upload())
        uploads.put(upload(workspace=THERE, blob=OTHER))
        assert uploads.claim(HERE, [BLOB, OTHER], None, later) == {BLOB: upload(at=later)}
        assert uploads.find(HERE, BLOB, MINA) == upload(at=later)
        assert uploads.claim(HERE, [BLOB], None, NOON) == {BLOB: upload(at=later)}
        assert uploads.find(THERE, OTHER, MINA) == upload(workspace=THERE, blob=OTHER)
        assert uploads.claim(HERE, [], None, NOON) == {}

    def test_a_claim_of_one_s_own_takes_nothing_of_others(self, uploads: Uploads) -> None:
        later = NOON + timedelta(hours=1)
        uploads.put(upload(by=KIM, name="kim.png"))
        assert uploads.claim(HERE, [BLOB], MINA, later) == {}
        assert uploads.find(HERE, BLOB, KIM) == upload(by=KIM, name="kim.png")
        uploads.put(upload())
        assert uploads.claim(HERE, [BLOB], MINA, later) == {BLOB: upload(at=later)}
        assert set(uploads.claim(HERE, [BLOB], None, later)) == {BLOB}
