"""`chronodesk migrate`: bring the database's schema up to date."""

from api.console.opening import settings
from api.console.options import DataDir
from api.console.terminal import say


def migrate(data_dir: DataDir = None) -> None:
    """Bring the database's schema up to date. Every other command does that by itself.

    Example: CHRONODESK_DATABASE_URL=postgresql://... chronodesk migrate
    """
    from api.wiring.database import migrated

    with migrated(settings(data_dir)):
        say("The schema is up to date.")
