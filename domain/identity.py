"""People who sign in through an OpenID Connect provider, and what can go wrong on the way."""

from datetime import datetime

from domain.ids import WorkspaceId
from domain.record import record


@record
class Errand:
    """What a browser is sent to a provider with; what comes back has to fit all of it.

    `state`, `nonce` and `verifier` are secrets of this one errand.
    """

    redirect_uri: str
    state: str
    nonce: str
    verifier: str


@record
class Identity:
    """Who somebody is at a provider, and which person of the desk that is.

    The same subject may be a person among the requesters and another one among the agents. `email`
    is what the provider said last. Instants are UTC.
    """

    workspace: WorkspaceId
    issuer: str
    subject: str
    is_requester: bool
    person: str
    email: str | None
    created_at: datetime
    signed_in_at: datetime
    disabled_at: datetime | None


class NotIdentified(Exception):
    """Nobody is signed in; `code` is that of a problem of the API, `detail` is for people.

    `return_to` is where on the desk the person wanted to go, as far as that is known.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.return_to: str | None = None
