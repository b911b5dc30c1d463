"""In whose name reports are taken in that come by a topic: a token says it, as over HTTP."""

from collections.abc import Callable

from api.auth.gate import Gate
from api.auth.permissions import ALLOWED, Permission
from domain.access import Principal

SETTING = "CHRONODESK_KAFKA__INTAKE_TOKEN"


class NotTrusted(Exception):
    """Nobody may hand in what comes by the topic; the message says what to set."""


def trusted(gate: Gate, token: str | None) -> Callable[[], Principal]:
    """What tells who hands in. Ask it again and again: a token may end.

    It raises NotTrusted, and StoreUnavailable.
    """

    def ask() -> Principal:
        if token is None:
            raise NotTrusted(
                "Whoever may write to the topic of intake hands in reports, in the name of a token:"
                f" make one for a machine (chronodesk user token) and name it by {SETTING}."
            )
        found = gate.remembered(token) or gate.principal(token)
        if found is None:
            raise NotTrusted(
                f"The token in {SETTING} is unknown, revoked or over: make another one (chronodesk"
                " user token) and start again."
            )
        if found.role not in ALLOWED[Permission.HAND_IN]:
            roles = ", ".join(sorted(ALLOWED[Permission.HAND_IN]))
            raise NotTrusted(
                f"The token in {SETTING} is one of the role {found.role}, which may not"
                f" {Permission.HAND_IN}: make one of these roles: {roles}."
            )
        return found

    return ask
