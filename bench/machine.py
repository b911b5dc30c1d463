"""What a figure was taken on: without it, it says nothing."""

import os
import platform
import re
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psycopg

from adapters.postgres.embedded import EmbeddedPostgres

_LIBRARIES = ("psycopg", "fastapi", "uvicorn", "pydantic", "orjson", "eventsourcing", "umadb")
_SETTINGS = ("server_version", "fsync", "synchronous_commit", "full_page_writes", "shared_buffers")


def machine(server: EmbeddedPostgres) -> dict[str, str]:
    """Processor, memory, system, versions, durability, and how busy it is now."""
    with psycopg.connect(server.url) as connection:
        settings = {
            name: str(shown[0])
            for name in _SETTINGS
            if (shown := connection.execute(f"SHOW {name}").fetchone())
        }
    return {
        "processors": f"{os.cpu_count()} x {_processor()}",
        "memory": _memory(),
        "system": f"{platform.system()} {platform.release()}",
        "python": sys.version.split()[0],
        "load": f"{os.getloadavg()[0]:.2f}",
        "postgresql": settings.pop("server_version"),
        "durability": ", ".join(f"{name} {value}" for name, value in settings.items()),
        **{name: found for name in _LIBRARIES if (found := _version(name))},
    }


def _version(library: str) -> str | None:
    try:
        return version(library)
    except PackageNotFoundError:
        return None


def _processor() -> str:
    told = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*: (.+)", told.read_text()) if told.exists() else None
    return found[1] if found else platform.machine()


def _memory() -> str:
    size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{size / 2**30:.0f} GiB"
