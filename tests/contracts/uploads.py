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
HOUR = timedelta(hours=1)
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


def put(uploads: Uploads, *brought: Upload) -> None:
    for one in brought:
        assert uploads.expect(one)
        uploads.arrived(one)


class UploadsContract:
    @pytest.fixture
    def uploads(self) -> Uploads:
        raise NotImplementedError

    def test_what_was_put_is_found_by_who_put_it_and_by_nobody_else(self, uploads: Uploads) -> None:
        put(uploads, upload())
        assert uploads.find(HERE, BLOB, MINA) == upload()
        assert uploads.find(HERE, OTHER, MINA) is None
        assert uploads.find(HERE, BLOB, NAMESAKE) is None
        assert uploads.find(THERE, BLOB, MINA) is None

    def test_what_has_not_arrived_is_nowhere(self, uploads: Uploads) -> None:
        assert uploads.expect(upload())
        assert uploads.find(HERE, BLOB, MINA) is None
        assert uploads.claim(HERE, [BLOB], None, NOON) == {}

    def test_the_same_content_again_is_renamed_and_not_older(self, uploads: Uploads) -> None:
        put(uploads, upload())
        assert uploads.expect(upload(name="again.png", at=NOON - HOUR))
        assert uploads.find(HERE, BLOB, MINA) == upload(name="again.png")

    def test_a_claim_gives_what_was_uploaded_and_says_when_it_was_used(
        self, uploads: Uploads
    ) -> None:
        later = NOON + HOUR
        put(uploads, upload(), upload(workspace=THERE, blob=OTHER))
        assert uploads.claim(HERE, [BLOB, OTHER], None, later) == {BLOB: upload(at=later)}
        assert uploads.find(HERE, BLOB, MINA) == upload(at=later)
        assert uploads.claim(HERE, [BLOB], None, NOON) == {BLOB: upload(at=later)}
        assert uploads.find(THERE, OTHER, MINA) == upload(workspace=THERE, blob=OTHER)
        assert uploads.claim(HERE, [], None, NOON) == {}

    def test_a_claim_of_one_s_own_takes_nothing_of_others(self, uploads: Uploads) -> None:
        later = NOON + HOUR
        put(uploads, upload(by=KIM, name="kim.png"))
        assert uploads.claim(HERE, [BLOB], MINA, later) == {}
        assert uploads.find(HERE, BLOB, KIM) == upload(by=KIM, name="kim.png")
        put(uploads, upload())
        assert uploads.claim(HERE, [BLOB], MINA, later) == {BLOB: upload(at=later)}
        assert set(uploads.claim(HERE, [BLOB], None, later)) == {BLOB}

    def test_who_brought_how_much_since_when(self, uploads: Uploads) -> None:
        put(uploads, upload(), upload(OTHER, at=NOON - HOUR), upload(by=KIM))
        assert uploads.expect(upload(workspace=THERE))
        assert uploads.brought(HERE, MINA, NOON - HOUR) == 16
        assert uploads.brought(HERE, MINA, NOON) == 8
        assert uploads.brought(HERE, MINA, NOON + HOUR) == 0

    def test_what_nobody_used_for_a_while_is_removed_step_by_step(self, uploads: Uploads) -> None:
        put(uploads, upload(), upload(by=KIM, at=NOON + HOUR), upload(OTHER))
        assert uploads.unused(NOON, 9) == []
        assert uploads.unused(NOON + HOUR, 9) == [(HERE, OTHER)]
        assert sorted(uploads.unused(NOON + 2 * HOUR, 9)) == [(HERE, BLOB), (HERE, OTHER)]
        assert len(uploads.unused(NOON + 2 * HOUR, 1)) == 1

        assert not uploads.doom(HERE, BLOB, NOON + HOUR), "Kim used it since"
        assert uploads.doom(HERE, OTHER, NOON + HOUR)
        assert uploads.find(HERE, OTHER, MINA) is None
        assert uploads.claim(HERE, [OTHER], None, NOON) == {}
        assert not uploads.expect(upload(OTHER)), "its bytes are being removed"
        assert not uploads.expect(upload(OTHER, by=KIM))
        assert uploads.unused(NOON + HOUR, 9) == [(HERE, OTHER)], "until it is forgotten"
        uploads.forget(HERE, OTHER)
        put(uploads, upload(OTHER))
        assert uploads.find(HERE, OTHER, MINA) == upload(OTHER)
        uploads.forget(HERE, OTHER)
        assert uploads.find(HERE, OTHER, MINA) == upload(OTHER), "only what is doomed is forgotten"

    def test_what_was_expected_and_never_came_is_removed_as_well(self, uploads: Uploads) -> None:
        assert uploads.expect(upload())
        assert uploads.unused(NOON + HOUR, 9) == [(HERE, BLOB)]
        assert uploads.doom(HERE, BLOB, NOON + HOUR)

    def test_what_is_in_a_message_stays(self, uploads: Uploads) -> None:
        put(uploads, upload(), upload(by=KIM))
        uploads.sent(HERE, [BLOB])
        put(uploads, upload(by=NAMESAKE))
        assert uploads.unused(NOON + HOUR, 9) == []
        assert not uploads.doom(HERE, BLOB, NOON + HOUR)
        assert uploads.claim(HERE, [BLOB], MINA, NOON) == {BLOB: upload()}
