"""Whose something is: somebody's own, or shared with everybody who works here."""

from typing import Protocol

from domain.ids import AgentId


class Owned(Protocol):
    """The state of a view, an answer or a macro."""

    @property
    def exists(self) -> bool: ...

    @property
    def owner(self) -> AgentId: ...

    @property
    def shared(self) -> bool: ...

    @property
    def retired(self) -> bool: ...


def is_for(thing: Owned, person: str) -> bool:
    """Whether this person may see, use and change it: their own, or a shared one."""
    return thing.exists and (thing.shared or thing.owner == person)
