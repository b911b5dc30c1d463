"""One change to a ticket as its clocks hear of it: what was before, what is now, which policy."""

from domain.sla.book import Book, Term
from domain.sla.changes import Change, What
from domain.sla.clock import Tracked
from domain.sla.policy import BotReply, ClockName, OnBehalf, Policy
from domain.ticket.words import Status

DONE = (Status.RESOLVED, Status.CLOSED)


class Hearing:
    """A change with the ticket before it and the `state` after it, its clocks not looked at yet.

    Most changes are heard without asking which policy holds, so that is looked up when it matters.
    """

    __slots__ = ("_policy", "attributes_differ", "before", "book", "change", "state")

    def __init__(self, before: Tracked, state: Tracked, change: Change, book: Book) -> None:
        self.before = before
        self.state = state
        self.change = change
        self.book = book
        self.attributes_differ = state.attributes is not before.attributes
        self._policy: tuple[Policy | None] | None = None

    @property
    def policy(self) -> Policy | None:
        """The one that the ticket matches from the change on."""
        if self._policy is None:
            state = self.state
            found = None
            if state.opened_at is not None:
                found = self.book.policy(state.attributes, self.change.at, state.opened_at)
            self._policy = (found,)
        return self._policy[0]

    def term(self, clock: ClockName, queue: str | None) -> Term | None:
        """What judges a clock from the change on; None: nothing is promised."""
        state, at = self.state, self.change.at
        if self.policy is None or state.opened_at is None:
            return None
        return self.book.term_of(
            self.policy, clock, state.attributes, queue, at=at, opened_at=state.opened_at
        )

    @property
    def answers(self) -> bool:
        """The requester got an answer of the kind that counts."""
        what = self.change.what
        if What.ANSWERED in what:
            return True
        if What.ANSWERED_BY_RULE not in what or self.policy is None:
            return False
        return self.policy.options.bot_reply is BotReply.STOPS

    @property
    def exempt_asks(self) -> bool:
        """The requester wrote, in a ticket opened on their behalf that has no first response."""
        if not self.state.on_behalf or What.ASKED not in self.change.what or self.policy is None:
            return False
        return self.policy.options.on_behalf is OnBehalf.EXEMPT

    @property
    def queue_differs(self) -> bool:
        """It waits in another queue than before."""
        return self.attributes_differ and self._differs("queue")

    @property
    def priority_differs(self) -> bool:
        """It is to be worked on sooner or later than before."""
        return self.attributes_differ and self._differs("priority")

    def _differs(self, attribute: str) -> bool:
        return self.state.attributes.get(attribute) != self.before.attributes.get(attribute)

    @property
    def revives(self) -> bool:
        """It had ended, during which the book was not asked, and has not any more."""
        return self.before.status.is_final and not self.state.status.is_final

    @property
    def comes_back(self) -> bool:
        """It was done, and there is work again."""
        return self.before.status in DONE and self.state.status.is_backlog
