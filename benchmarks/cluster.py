"""A PostgreSQL server of its own in a temporary folder, reached by a socket in that folder alone.

It syncs to disk like a real one and has the settings of a fresh installation."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

SECONDS = 60  # that starting or stopping may take


class NotInstalled(Exception):
    """There is no PostgreSQL server on this machine."""


def binaries() -> Path:
    """The folder of initdb, the newest if there are several."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    places = [*Path("/usr/lib/postgresql").glob("*/bin"), *Path("/usr").glob("pgsql-*/bin")]
    ready = [place for place in places if (place / "initdb").exists()]
    if not ready:
        raise NotInstalled(
            "No PostgreSQL is installed. Install it (Debian, Ubuntu: sudo apt-get install"
            " postgresql), or set DATABASE_URL to a server that may be measured."
        )
    return max(ready, key=lambda place: [int(n) for n in place.parent.name.split("-")[-1:]])


def _as_its_user(*command: str | Path, folder: Path) -> None:
    """PostgreSQL refuses to run as root: then its own user runs it."""
    words = [str(word) for word in command]
    if os.geteuid() == 0:
        words = ["runuser", "-u", "postgres", "--", *words]
    done = subprocess.run(
        words,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=(log := (folder / "start.log").open("ab")),
        stderr=log,
        check=False,
        timeout=SECONDS,
        start_new_session=True,
    )
    log.close()
    if done.returncode:
        raise RuntimeError((folder / "start.log").read_text(errors="replace")[-2000:])


@contextmanager
def running() -> Iterator[str]:
    """The URL of a fresh server, which is stopped and removed at the end."""
    programs = binaries()
    folder = Path(tempfile.mkdtemp(prefix="karyabina-pg.", dir="/tmp"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    data = folder / "data"
    options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=on"
    try:
        _as_its_user(
            *(programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust"),
            *("-E", "UTF8", "--no-locale"),
            folder=folder,
        )
        _as_its_user(
            *(programs / "pg_ctl", "-D", data, "-w", "-s", "-l", folder / "server.log"),
            *("-o", options, "start"),
            folder=folder,
        )
        yield f"postgres://postgres@{quote(str(folder), safe='')}/postgres"
    finally:
        if (data / "postmaster.pid").exists():
            _as_its_user(
                programs / "pg_ctl", "-D", data, "-s", "-m", "immediate", "stop", folder=folder
            )
        shutil.rmtree(folder, ignore_errors=True)
