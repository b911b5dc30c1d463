"""What every place for drafts does."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from commands.draft_ports import Drafts
from domain.draft import Draft, DraftKind
from domain.ids import AgentId, BlobId, TicketId, WorkspaceId
from domain.ticket.messages import Attachment
from domain.ticket.words import Status

HERE, THERE = WorkspaceId("here"), WorkspaceId("there")
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
FILE = Attachment(blob=BlobId("a" * 64), name="견적.pdf", media_type="application/pdf", size=9)
FULL = Draft(
    ticket=TicketId("t-1"),
    kind=DraftKind.REPLY,
    body="Try 'this' %s\n안녕",
    next_status=Status.PENDING,
    attachments=(FILE,),
    mentions=(AgentId("kim"), AgentId("lee")),
    revision=0,
    updated_at=NOON,
)
BARE = Draft(ticket=TicketId("t-2"), kind=DraftKind.NOTE, revision=0, updated_at=NOON)


def kept(drafts: Drafts, draft: Draft, seen: int | None = None, person: str = "kim") -> Draft:
    saved = drafts.keep(HERE, person, draft, seen)
    assert saved is not None
    return saved


class DraftsContract:
    @pytest.fixture
    def drafts(self) -> Drafts:
        raise NotImplementedError

    @pytest.mark.parametrize("draft", [FULL, BARE], ids=["full", "bare"])
    def test_what_was_kept_is_found_as_it_was(self, drafts: Drafts, draft: Draft) -> None:
        saved = kept(drafts, draft)
        assert replace(saved, revision=0) == draft
        assert drafts.find(HERE, "kim", draft.ticket) == saved

    def test_a_draft_is_one_person_s_on_one_ticket(self, drafts: Drafts) -> None:
        kept(drafts, FULL)
        assert drafts.find(HERE, "lee", FULL.ticket) is None
        assert drafts.find(HERE, "kim", BARE.ticket) is None
        assert drafts.find(THERE, "kim", FULL.ticket) is None
        kept(drafts, BARE, person="lee")
        assert [draft.ticket for draft in drafts.of(HERE, "kim", 9)] == [FULL.ticket]

    def test_only_the_latest_revision_is_overwritten(self, drafts: Drafts) -> None:
        first = kept(drafts, FULL)
        second = kept(drafts, replace(FULL, body="More"), first.revision)
        assert second.revision > first.revision
        assert drafts.keep(HERE, "kim", FULL, first.revision) is None
        assert drafts.keep(HERE, "kim", FULL, None) is None
        assert drafts.keep(HERE, "kim", BARE, second.revision) is None
        assert drafts.find(HERE, "kim", FULL.ticket) == second

    def test_a_revision_is_never_used_again(self, drafts: Drafts) -> None:
        old = kept(drafts, FULL)
        assert drafts.remove(HERE, "kim", FULL.ticket)
        assert drafts.keep(HERE, "kim", FULL, old.revision) is None
        assert kept(drafts, FULL).revision > old.revision

    def test_the_latest_comes_first(self, drafts: Drafts) -> None:
        for n in (1, 3, 2):
            later = NOON + timedelta(minutes=n)
            kept(drafts, replace(BARE, ticket=TicketId(f"t-{n}"), updated_at=later))
        assert [draft.ticket for draft in drafts.of(HERE, "kim", 9)] == ["t-3", "t-2", "t-1"]
        assert [draft.ticket for draft in drafts.of(HERE, "kim", 1)] == ["t-3"]

    def test_what_was_removed_is_gone_once(self, drafts: Drafts) -> None:
        saved = kept(drafts, FULL)
        kept(drafts, FULL, person="lee")
        assert not drafts.remove(THERE, "kim", FULL.ticket)
        assert not drafts.remove(HERE, "kim", FULL.ticket, saved.revision + 1_000)
        assert drafts.remove(HERE, "kim", FULL.ticket, saved.revision)
        assert not drafts.remove(HERE, "kim", FULL.ticket)
        assert drafts.find(HERE, "lee", FULL.ticket) is not None

    def test_files_that_drafts_have_are_known(self, drafts: Drafts) -> None:
        kept(drafts, FULL)
        kept(drafts, BARE)
        other = BlobId("b" * 64)
        assert drafts.holding(HERE, [FILE.blob, other]) == {FILE.blob}
        assert drafts.holding(HERE, [other]) == drafts.holding(THERE, [FILE.blob]) == set()
        drafts.remove(HERE, "kim", FULL.ticket)
        assert drafts.holding(HERE, [FILE.blob]) == set()
