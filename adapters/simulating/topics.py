"""What goes wrong in an office, how often, and who looks after it."""

from domain.record import record
from domain.ticket.words import Level

_L, _M, _H = Level.LOW, Level.MEDIUM, Level.HIGH


@record
class Topic:
    """`weight`: how often, relative to the others. `hours`: median working hours until solved.

    `phrases` is its key in the files of phrases, `asks` the chance that the requester is asked
    something, `impacts` the chances of low, medium and high impact.
    """

    phrases: str
    weight: float
    queue: str
    category: str
    code: str
    hours: float
    asks: float = 0.35
    impacts: tuple[float, float, float] = (0.45, 0.45, 0.10)
    tags: tuple[str, ...] = ()
    article: str | None = None


TOPICS = (
    Topic(phrases="password", weight=15, queue="accounts", category="account.password",
          code="fixed", hours=0.4, asks=0.45, tags=("login",), article="KB-1001"),
    Topic(phrases="vpn", weight=10, queue="network", category="network.vpn",
          code="fixed", hours=1.5, tags=("remote-work",), article="KB-1014"),
    Topic(phrases="laptop", weight=9, queue="workplace", category="hardware.laptop",
          code="replaced", hours=9, asks=0.5, tags=("hardware",)),
    Topic(phrases="printer", weight=6, queue="workplace", category="hardware.printer",
          code="fixed", hours=4, tags=("hardware", "printer")),
    Topic(phrases="mail", weight=9, queue="applications", category="software.mail",
          code="fixed", hours=1.5, article="KB-1033"),
    Topic(phrases="erp", weight=10, queue="applications", category="software.erp",
          code="fixed", hours=5, impacts=(0.2, 0.5, 0.3), tags=("erp",)),
    Topic(phrases="access", weight=11, queue="accounts", category="account.access",
          code="granted", hours=6, asks=0.4, impacts=(0.7, 0.28, 0.02), tags=("approval",)),
    Topic(phrases="invoice", weight=7, queue="finance", category="finance.invoice",
          code="corrected", hours=10, asks=0.45, impacts=(0.6, 0.37, 0.03)),
    Topic(phrases="wifi", weight=6, queue="network", category="network.wifi",
          code="fixed", hours=3, impacts=(0.3, 0.5, 0.2), tags=("wifi",)),
    Topic(phrases="software", weight=8, queue="workplace", category="software.install",
          code="installed", hours=3, asks=0.5, impacts=(0.75, 0.24, 0.01), article="KB-1050"),
    Topic(phrases="meeting_room", weight=4, queue="workplace", category="hardware.meeting-room",
          code="fixed", hours=0.7, impacts=(0.2, 0.5, 0.3), tags=("urgent-visit",)),
    Topic(phrases="onboarding", weight=5, queue="service-desk", category="request.onboarding",
          code="delivered", hours=14, asks=0.3, impacts=(0.5, 0.5, 0.0), tags=("joiner-leaver",)),
    Topic(phrases="phishing", weight=3, queue="security", category="security.phishing",
          code="contained", hours=1.2, impacts=(0.1, 0.4, 0.5), tags=("security",)),
    Topic(phrases="report", weight=5, queue="applications", category="software.report",
          code="fixed", hours=5, impacts=(0.35, 0.5, 0.15), tags=("data",)),
)  # fmt: skip

QUEUES = {
    "service-desk": "서비스 데스크 · Service desk",
    "accounts": "계정·권한 · Accounts",
    "workplace": "단말·장비 · Workplace",
    "applications": "업무 시스템 · Applications",
    "network": "네트워크 · Network",
    "finance": "정산·구매 · Finance",
    "security": "정보보안 · Security",
}
"""Id -> name. Each queue is looked after by the team of the same id."""
