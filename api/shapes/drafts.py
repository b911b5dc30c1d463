"""Drafts, as their author gets them."""

from api.shapes.deriving import like
from domain import draft
from domain.record import record


@like(draft.Draft, without=("ticket",))
class Draft:
    """What one has begun to write. `revision` is to be sent back when it is saved again."""


@like(draft.Draft)
class ListedDraft:
    """A draft, with the ticket that it is on."""

    number: int
    subject: str


@record
class RemovedDraft:
    """Whether there was one."""

    removed: bool


@record
class Drafts:
    """Own drafts, the latest first."""

    items: tuple[ListedDraft, ...]
