"""What a reader of a live stream may be told."""

from api.auth.permissions import ALLOWED, Permission
from domain.access import Principal
from domain.ids import WorkspaceId
from domain.record import record


@record
class Sight:
    """Equal for readers who are told the same.

    `requester` is set for one, who is told of own tickets alone. `events`: what happened, and by
    whom, and not only how a ticket looks now.
    """

    workspace: WorkspaceId
    requester: str | None
    events: bool
    presence: bool
    config: bool


def sight_of(principal: Principal) -> Sight:
    """As the table of permissions says."""

    def may(permission: Permission) -> bool:
        return principal.role in ALLOWED[permission]

    return Sight(
        workspace=principal.workspace,
        requester=principal.person if principal.is_requester else None,
        events=may(Permission.SEE_EVENTS),
        presence=may(Permission.SEE_PRESENCE),
        config=may(Permission.SEE_COLLEAGUES),
    )
