"""Who did it. Every event names its actor; a rule names the version of itself that acted."""

from enum import StrEnum

from domain.record import record


class ActorKind(StrEnum):
    AGENT = "agent"
    REQUESTER = "requester"
    RULE = "rule"


@record
class Actor:
    kind: ActorKind
    id: str
    rule_version: int | None = None

    @property
    def is_agent(self) -> bool:
        """A human agent: rules and bots never count as an agent's touch."""
        return self.kind is ActorKind.AGENT

    @property
    def is_requester(self) -> bool:
        return self.kind is ActorKind.REQUESTER
