"""Signing in through a provider, from the button to the session."""

from collections.abc import Mapping, Sequence

import structlog

from api.auth.arrivals import Arrivals
from api.auth.claims import vouched, wanted
from api.auth.errands import Errands, Sent
from api.auth.ports import IdentityProvider
from api.auth.provider_settings import ProviderSettings
from api.auth.sessions import Issued
from domain.identity import NotIdentified
from domain.record import record

log = structlog.get_logger("sign in")


@record
class Provider:
    """A provider as it is set up, and the way to ask it."""

    settings: ProviderSettings
    asked: IdentityProvider


@record
class SignedIn:
    """A session, and where on the desk its owner wanted to go."""

    issued: Issued
    return_to: str


class Providers:
    """Providers by id, as they are in addresses. Methods raise NotIdentified, StoreUnavailable."""

    def __init__(
        self, providers: Mapping[str, Provider], errands: Errands, arrivals: Arrivals
    ) -> None:
        self._providers = dict(providers)
        self._errands = errands
        self._arrivals = arrivals

    def names(self) -> Sequence[tuple[str, str]]:
        """Id and name of each, in the order of the settings."""
        return [
            (ident, provider.settings.name or ident.replace("_", " ").capitalize())
            for ident, provider in self._providers.items()
        ]

    def begin(self, ident: str, redirect_uri: str, return_to: str) -> tuple[str, Sent]:
        """The address to send a browser to, and what it keeps meanwhile."""
        sent = self._errands.begin(ident, redirect_uri, return_to)
        return self._provider(ident).asked.start(sent.errand), sent

    def finish(
        self, ident: str, answer: Mapping[str, str], note: str | None, device: str
    ) -> SignedIn:
        """A session for whom the provider vouches for.

        `answer` are the parameters that the browser comes back with, `note` is what it kept.
        """
        provider = self._provider(ident)
        returned = self._errands.returned(ident, answer.get("state"), note)
        try:
            if "code" not in answer:
                raise _refused(ident, answer)
            claims = provider.asked.claims(returned.errand, answer, wanted(provider.settings))
            somebody = vouched(claims, provider.settings)
            shown = f"{device} ({dict(self.names())[ident]})"
            issued = self._arrivals.arrive(somebody, provider.settings, shown)
        except NotIdentified as failed:
            failed.return_to = returned.return_to
            raise
        return SignedIn(issued=issued, return_to=returned.return_to)

    def _provider(self, ident: str) -> Provider:
        provider = self._providers.get(ident)
        if provider is None:
            raise NotIdentified("not-found", f"There is no provider {ident[:100]!r} here.")
        return provider


def _refused(ident: str, answer: Mapping[str, str]) -> NotIdentified:
    """The provider's own words, shortened: they come through the browser, so anybody may write."""
    error, why = answer.get("error", "nothing"), answer.get("error_description")
    log.warning("the provider refuses", provider=ident, error=error, why=why)
    words = why or error.replace("_", " ")
    return NotIdentified("provider-refused", f"The provider said: {words[:200].rstrip('.')}.")
