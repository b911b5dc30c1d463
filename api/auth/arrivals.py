"""Somebody whom a provider vouches for arrives at the desk: as whom, and whether they may."""

from collections.abc import Callable

import structlog

from api.auth.claims import Vouched
from api.auth.ports import Access, Identities
from api.auth.provider_settings import ProviderSettings
from api.auth.registration import Newcomer, Registration
from api.auth.sessions import Issued, Sessions
from commands.ports import Clock
from domain.access import Role
from domain.actor import Actor, ActorKind
from domain.errors import Refused
from domain.identity import Identity, NotIdentified
from domain.ids import WorkspaceId
from domain.people.requester import Medium
from projections import people
from projections.ports import Reader

BY_SIGN_IN = Actor(kind=ActorKind.RULE, id="sign-in", rule_version=1)
"""Who registers people that arrive for the first time."""

log = structlog.get_logger("sign in")


class Arrivals:
    """Every method raises StoreUnavailable when the database is away."""

    def __init__(
        self,
        *,
        access: Access,
        identities: Identities,
        registration: Registration,
        sessions: Sessions,
        reader: Callable[[WorkspaceId], Reader],
        workspace: WorkspaceId,
        clock: Clock,
    ) -> None:
        self._access = access
        self._identities = identities
        self._registration = registration
        self._sessions = sessions
        self._reader = reader
        self._workspace = workspace
        self._clock = clock

    def arrive(self, somebody: Vouched, provider: ProviderSettings, device: str) -> Issued:
        """A session for somebody, in the role that they have at the provider now.

        Raises NotIdentified (no-role, no-email, not-registered, account-ended).
        """
        role = somebody.role
        if role is None:
            raise NotIdentified("no-role", "The provider gives you no role at this desk.")
        is_requester = role is Role.REQUESTER
        known = self._identities.find(
            self._workspace, provider.issuer, somebody.subject, is_requester=is_requester
        )
        self._refuse_ended(somebody, known)
        person = known.person if known else self._person(somebody, provider, role)
        if not is_requester and self._registration.is_deactivated(person):
            raise NotIdentified("account-ended", "You work at this desk no longer.")
        now = self._clock.now()
        self._identities.keep(
            Identity(
                workspace=self._workspace,
                issuer=provider.issuer,
                subject=somebody.subject,
                is_requester=is_requester,
                person=person,
                email=somebody.email,
                created_at=now,
                signed_in_at=now,
                disabled_at=None,
            )
        )
        if somebody.email is not None:
            self._sessions.end_as_another(self._workspace, somebody.email, person, role)
        log.info("signed in", person=person, role=role.value, issuer=provider.issuer)
        return self._sessions.begin(
            workspace=self._workspace,
            person=person,
            role=role,
            name=somebody.name,
            email=somebody.email,
            device=device,
        )

    def _refuse_ended(self, somebody: Vouched, known: Identity | None) -> None:
        ended = known is not None and known.disabled_at is not None
        if known is None and somebody.email is not None:
            account = self._access.account(self._workspace, somebody.email)
            ended = account is not None and account.disabled_at is not None
        if ended:
            raise NotIdentified("account-ended", "Your access to this desk has been ended.")

    def _person(self, somebody: Vouched, provider: ProviderSettings, role: Role) -> str:
        """Who somebody is who comes through this provider for the first time."""
        newcomer = Newcomer(
            is_requester=role is Role.REQUESTER, name=somebody.name, email=somebody.email or ""
        )
        person = somebody.claimed or self._known_by_address(somebody, role)
        if person is None:
            person = self._registration.free_id(newcomer)
        exists = self._registration.exists(person, is_requester=newcomer.is_requester)
        if not exists and not provider.register_new:
            raise NotIdentified("not-registered", "Nobody has registered you at this desk yet.")
        try:
            self._registration.ensure(newcomer, person)
        except Refused as refused:
            raise NotIdentified(
                "not-registered", f"You cannot be registered as you are: {refused.message}"
            ) from refused
        return person

    def _known_by_address(self, somebody: Vouched, role: Role) -> str | None:
        """Whose address it is at this desk. Raises NotIdentified (no-email) when there is none."""
        email = somebody.email
        if email is None:
            raise NotIdentified("no-email", "The provider gives no verified e-mail address of you.")
        is_requester = role is Role.REQUESTER
        account = self._access.account(self._workspace, email)
        if account is not None and (account.role is Role.REQUESTER) is is_requester:
            return account.person
        reader = self._reader(self._workspace)
        found = (
            people.requesters_at(reader, Medium.EMAIL, email)
            if is_requester
            else people.agents_at(reader, email)
        )
        return str(found[0]["id"]) if found else None
