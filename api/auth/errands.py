"""What a browser remembers while it is at a sign-in provider: sealed, for minutes, for one tab."""

import secrets
from datetime import timedelta

from api.signing import ForgedError, Signer
from commands.ports import Clock
from domain.identity import Errand, NotIdentified
from domain.record import record

LASTS = timedelta(minutes=10)
"""How long somebody may take at the provider."""

_SHOWN = 12  # characters of the state that name the cookie: several tabs may be on their way


@record
class Sent:
    """An errand on its way. `note` is what the browser keeps under `name` meanwhile."""

    errand: Errand
    name: str
    note: str


@record
class Returned:
    """An errand that came back, and where on the desk it leads to."""

    errand: Errand
    return_to: str


class Errands:
    """Begins errands and recognises them. Nothing is kept here: the browser brings it along."""

    def __init__(self, signer: Signer, clock: Clock) -> None:
        self._signer = signer
        self._clock = clock

    def begin(self, provider: str, redirect_uri: str, return_to: str) -> Sent:
        """An errand with secrets of its own."""
        errand = Errand(
            redirect_uri=redirect_uri,
            state=secrets.token_urlsafe(24),
            nonce=secrets.token_urlsafe(24),
            verifier=secrets.token_urlsafe(48),
        )
        until = (self._clock.now() + LASTS).timestamp()
        kept = [errand.redirect_uri, errand.state, errand.nonce, errand.verifier, return_to, until]
        return Sent(
            errand=errand,
            name=note_name(errand.state),
            note=self._signer.seal(_purpose(provider), kept),
        )

    def returned(self, provider: str, state: str | None, note: str | None) -> Returned:
        """The errand of a browser that comes back from the provider with `state`.

        Raises NotIdentified (sign-in-expired) when this browser was not sent there, or long ago.
        """
        if state is None or note is None:
            raise _expired()
        try:
            kept = self._signer.open(_purpose(provider), note)
        except ForgedError:
            raise _expired() from None
        redirect_uri, sent, nonce, verifier, return_to, until = kept
        if not secrets.compare_digest(sent.encode(), state.encode(errors="replace")):
            raise _expired()
        if until < self._clock.now().timestamp():
            raise _expired()
        errand = Errand(redirect_uri=redirect_uri, state=sent, nonce=nonce, verifier=verifier)
        return Returned(errand=errand, return_to=return_to)


def note_name(state: str) -> str:
    """The name of the cookie that holds the note of an errand."""
    shown = "".join(sign for sign in state[:_SHOWN] if sign.isascii() and sign.isalnum())
    return f"chronodesk_sign_in_{shown}"


def _purpose(provider: str) -> str:
    return f"sign in {provider}"


def _expired() -> NotIdentified:
    return NotIdentified(
        "sign-in-expired", "This sign-in was begun in another browser, or too long ago."
    )
