"""Who did it. Every event names its actor; a rule names the version of itself that acted."""

from enum import StrEnum

from domain.record import record


class ActorKind(StrEnum):
    """Agents and requesters are people; a rule is all that acts by itself."""

    AGENT = "agent"
    REQUESTER = "requester"
    RULE = "rule"


@record
class Actor:
    """`rule_version` is the version of the rule that acted, and None for people."""

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
