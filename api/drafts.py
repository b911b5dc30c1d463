"""Drafts: what one has begun to write, on every device, until it is sent."""

from collections.abc import Sequence
from typing import Any

from api.services import Services
from domain.access import Principal
from domain.draft import Draft
from domain.ids import TicketId
from projections import conversation

DRAFT = "draft"
"""The live event."""


class OwnDrafts:
    """The drafts of one person. Methods raise StoreUnavailable and Unavailable."""

    def __init__(self, services: Services, principal: Principal) -> None:
        self._services = services
        self._workspace = principal.workspace
        self._person = principal.person
        self._drafts = services.drafts

    def find(self, ticket: TicketId) -> Draft | None:
        """The draft on a ticket, if it was not sent meanwhile."""
        draft = self._drafts.find(self._workspace, self._person, ticket)
        return next(iter(self._unsent([draft])), None) if draft else None

    def all(self, limit: int) -> list[Draft]:
        """The latest drafts that were not sent meanwhile."""
        return self._unsent(self._drafts.of(self._workspace, self._person, limit))

    def keep(self, draft: Draft, seen: int | None) -> Draft | None:
        """Save it and tell other devices; None when another revision is the latest."""
        kept = self._drafts.keep(self._workspace, self._person, draft, seen)
        if kept is not None:
            self._tell(kept.ticket, kept.revision)
        return kept

    def remove(self, ticket: TicketId) -> bool:
        """Remove it and tell other devices; False: there was none."""
        gone = self._drafts.remove(self._workspace, self._person, ticket)
        if gone:
            self._tell(ticket, None)
        return gone

    def _unsent(self, drafts: Sequence[Draft]) -> list[Draft]:
        """Without those whose words their author has said on the ticket since.

        Whoever sends a draft removes it, but may be gone before that; then it must not wait to be
        sent twice.
        """
        if not drafts:
            return []
        said = conversation.said(
            self._services.reader(self._workspace),
            self._person,
            [(draft.ticket, draft.kind, draft.body, draft.updated_at) for draft in drafts],
        )
        left = []
        for place, draft in enumerate(drafts):
            if place not in said:
                left.append(draft)
            elif self._drafts.remove(self._workspace, self._person, draft.ticket, draft.revision):
                self._tell(draft.ticket, None)
        return left

    def _tell(self, ticket: TicketId, revision: int | None) -> None:
        told: dict[str, Any] = {"ticket": ticket, "revision": revision}
        self._services.announcements.tell(self._workspace, self._person, DRAFT, told)
