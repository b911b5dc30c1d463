"""Keeps count of attempts to sign in, so that nobody tries passwords until one fits."""

import ipaddress
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from api.auth.ports import Attempts
from commands.ports import Clock
from domain.ids import WorkspaceId
from domain.lockout import Backoff, Counted, Subject, Tally
from domain.record import record

ACCOUNT_FORGETS = timedelta(hours=1)
ADDRESS_FORGETS = timedelta(minutes=10)
"""In which time one attempt is forgotten. Many people may share an address, and some give up."""

_IPV6_NETWORK = 64  # bits: what one customer of a network usually has

log = structlog.get_logger("sign in")


class LockedOut(Exception):
    """No attempt is taken for so long."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(f"locked for {wait.total_seconds():.0f} s")
        self.wait = wait


@record
class Attempt:
    """One attempt that was counted and may go on."""

    account: Subject
    address: Subject
    at: datetime
    tallies: Mapping[Subject, Tally]


class Lockout:
    """Counts an attempt before the password is looked at.

    So a thousand at the same time are not more than a thousand in a row, in however many processes.
    Whether there is such an account makes no difference. Every method raises StoreUnavailable when
    the database is away.
    """

    def __init__(
        self, attempts: Attempts, clock: Clock, account: Backoff | None, address: Backoff | None
    ) -> None:
        """None for a backoff: attempts are not counted for that."""
        self._attempts = attempts
        self._clock = clock
        self._backoffs = {Counted.ACCOUNT: account, Counted.ADDRESS: address}

    def begin(self, workspace: WorkspaceId, email: str, address: str) -> Attempt:
        """Count an attempt. Raises LockedOut, and then it does not count."""
        now = self._clock.now()
        account = _account(workspace, email)
        place = _address(address)

        def count(known: Mapping[Subject, Tally]) -> Mapping[Subject, Tally]:
            wait = max((tally.wait(now) for tally in known.values()), default=timedelta(0))
            if wait:
                raise LockedOut(wait)
            return {
                subject: backoff.after_attempt(known.get(subject), now)
                for subject in (account, place)
                if (backoff := self._backoffs[subject.kind]) is not None
            }

        tallies = self._attempts.change((account, place), now, count)
        return Attempt(account=account, address=place, at=now, tallies=tallies)

    def failed(self, attempt: Attempt) -> None:
        """The password was wrong: what the attempt locked stays locked, and the log says so."""
        for subject, tally in attempt.tallies.items():
            if wait := tally.wait(attempt.at):
                log.warning(
                    "locked out",
                    what=subject.kind.value,
                    workspace=subject.workspace or None,
                    name=subject.name,
                    seconds=wait.total_seconds(),
                )

    def succeeded(self, attempt: Attempt) -> None:
        """The password was right: the account's attempts are forgotten, at the address as well.

        No more than these, or an account of one's own would open the way to those of others.
        """

        def forgive(known: Mapping[Subject, Tally]) -> Mapping[Subject, Tally]:
            backoff, tally = self._backoffs[Counted.ADDRESS], known.get(attempt.address)
            if backoff is None or tally is None:
                return {}
            own = known.get(attempt.account)
            forgiven = own.level if own is not None else 1.0
            return {attempt.address: backoff.after_success(tally, forgiven, attempt.at)}

        subjects = (attempt.account, attempt.address)
        self._attempts.change(subjects, self._clock.now(), forgive)

    def unlock(self, workspace: WorkspaceId, name: str) -> bool:
        """Forget all attempts at an account (by e-mail address) or from a network address.

        False when there were none.
        """
        subject = _account(workspace, name) if "@" in name else _address(name)
        forgotten = self._attempts.forget(subject)
        if forgotten:
            log.info("unlocked", what=subject.kind.value, name=subject.name)
        return forgotten

    def locked(self, workspace: WorkspaceId) -> Sequence[tuple[Subject, Tally]]:
        """Accounts of the workspace, and addresses, that are locked now."""
        return self._attempts.locked(workspace, self._clock.now())


def _account(workspace: WorkspaceId, email: str) -> Subject:
    return Subject(kind=Counted.ACCOUNT, workspace=workspace, name=email.lower())


def _address(address: str) -> Subject:
    """The address, or its network where one caller has a whole one."""
    name = address
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        known = None
    if isinstance(known, ipaddress.IPv6Address):
        name = str(ipaddress.ip_network((known, _IPV6_NETWORK), strict=False))
    return Subject(kind=Counted.ADDRESS, workspace="", name=name)
