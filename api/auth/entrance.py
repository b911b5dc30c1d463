"""All that finds out who is asking, put together."""

from collections.abc import Callable
from datetime import timedelta

from api.auth.arrivals import BY_SIGN_IN, Arrivals
from api.auth.csrf import Csrf
from api.auth.errands import Errands
from api.auth.gate import Gate
from api.auth.lockout import ACCOUNT_FORGETS, ADDRESS_FORGETS, Lockout
from api.auth.ports import Access, Attempts, Identities, IdentityProvider
from api.auth.provider_settings import ProviderSettings
from api.auth.providers import Provider, Providers
from api.auth.registration import Registration
from api.auth.sessions import Sessions
from api.settings import Settings
from api.signing import Signer
from commands.handle import Handler
from commands.ports import Clock
from domain.ids import WorkspaceId
from domain.lockout import Backoff
from domain.record import record
from projections.ports import Reader


@record
class Entrance:
    """Who may come in: by session, token, password or provider."""

    gate: Gate
    sessions: Sessions
    csrf: Csrf
    lockout: Lockout
    providers: Providers


def make_entrance(
    settings: Settings,
    *,
    access: Access,
    attempts: Attempts,
    identities: Identities,
    provider: Callable[[ProviderSettings], IdentityProvider],
    handler: Handler,
    reader: Callable[[WorkspaceId], Reader],
    signer: Signer,
    clock: Clock,
) -> Entrance:
    """The entrance that `settings` describe; `provider` makes a way to ask each provider in them.

    Raises StoreUnavailable.
    """
    workspace = WorkspaceId(settings.workspace)
    gate = Gate(access, clock, settings.token_cache_seconds)
    sessions = Sessions(access, gate, clock, timedelta(hours=settings.session_hours))
    arrivals = Arrivals(
        access=access,
        identities=identities,
        registration=Registration(handler, workspace, BY_SIGN_IN),
        sessions=sessions,
        reader=reader,
        workspace=workspace,
        clock=clock,
    )
    return Entrance(
        gate=gate,
        sessions=sessions,
        csrf=Csrf(access.signing_key("requests of other sites")),
        lockout=Lockout(
            attempts,
            clock,
            account=_backoff(settings, settings.lockout_after, ACCOUNT_FORGETS),
            address=_backoff(settings, settings.lockout_after_per_address, ADDRESS_FORGETS),
        ),
        providers=Providers(
            {
                ident: Provider(settings=chosen, asked=provider(chosen))
                for ident, chosen in settings.oidc.items()
            },
            Errands(signer, clock),
            arrivals,
        ),
    )


def _backoff(settings: Settings, free: int, forgets: timedelta) -> Backoff | None:
    if not free:
        return None
    first = timedelta(seconds=settings.lockout_seconds)
    most = max(first, timedelta(seconds=settings.lockout_most_seconds))
    return Backoff(free=free, first=first, most=most, forgets=forgets)
