"""Apache Kafka's programs: fetched by Maven once, and found again in its own cache after that."""

import fcntl
import os
import re
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path

POM = Path(__file__).parent / "pom.xml"
OLDEST_JAVA = 17

_VERSION = re.compile(r'version "(\d+)')


class NoKafka(Exception):
    """This machine cannot run a broker; the message says what it lacks."""


def java() -> str:
    """A Java that is new enough, from JAVA_HOME or the PATH. Raises NoKafka."""
    home = os.environ.get("JAVA_HOME")
    program = shutil.which("java", path=f"{home}/bin" if home else None)
    if program is None:
        raise NoKafka(f"There is no Java here: install a Java {OLDEST_JAVA} or newer.")
    said = subprocess.run([program, "-version"], capture_output=True, text=True, check=True).stderr
    found = _VERSION.search(said)
    if found is None or int(found[1]) < OLDEST_JAVA:
        raise NoKafka(f"Kafka needs Java {OLDEST_JAVA} or newer, and {program} is not.")
    return program


def class_path() -> str:
    """All jars of the broker, separated by colons. Raises NoKafka."""
    kept = _cache() / f"kafka-{sha256(POM.read_bytes()).hexdigest()[:16]}.classpath"
    kept.parent.mkdir(parents=True, exist_ok=True)
    with kept.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several runs may need it in the same moment
        if not _is_whole(kept):
            _fetch(kept)
    return kept.read_text().strip()


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "chronodesk"


def _is_whole(kept: Path) -> bool:
    """Whether Maven has been asked, and nobody has cleared its cache since."""
    return kept.exists() and all(Path(jar).exists() for jar in kept.read_text().strip().split(":"))


def _fetch(kept: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise NoKafka("There is no Maven here to fetch Kafka with: install mvn.")
    done = subprocess.run(
        [
            maven,
            *("--batch-mode", "--quiet", "--file", str(POM)),
            "dependency:build-classpath",
            f"-Dmdep.outputFile={kept}",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"Maven could not fetch Kafka:\n{done.stdout}{done.stderr}")
