"""Bring the data folder up to date: `python -m tools.prepare`, called by ./run before it serves.

Translations are compiled, the database migrated, the cache table made and static files
gathered, each only when it is needed. A second call does nothing and takes about a
second.
"""

import hashlib
import os
import sys
from pathlib import Path

import django
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db.utils import OperationalError

PROJECT = Path(__file__).resolve().parents[1]


def compile_translations() -> int:
    """Make each .mo that is missing or older than its .po; returns how many were made."""
    made = 0
    for po in sorted((PROJECT / "karyabina").glob("**/locale/*/LC_MESSAGES/*.po")):
        mo = po.with_suffix(".mo")
        if mo.exists() and mo.stat().st_mtime >= po.stat().st_mtime:
            continue
        with po.open("rb") as source:
            catalogue = read_po(source, locale=po.parents[1].name)
        unfinished = mo.with_suffix(f".{os.getpid()}.tmp")
        with unfinished.open("wb") as target:
            write_mo(target, catalogue)
        unfinished.replace(mo)
        made += 1
    return made


def static_stamp() -> str:
    """A digest of names, sizes and times of all static files, and of where they come from."""
    digest = hashlib.sha256()
    for finder in finders.get_finders():
        for name, storage in finder.list([]):
            path = Path(storage.path(name))
            digest.update(f"{path}\0{path.stat().st_size}\0{path.stat().st_mtime_ns}\n".encode())
    return digest.hexdigest()


def gather_static() -> bool:
    """Run collectstatic if a file was added, changed or removed since the last time."""
    stamp_file = Path(settings.STATIC_ROOT) / ".stamp"
    stamp = static_stamp()
    if stamp_file.exists() and stamp_file.read_text() == stamp:
        return False
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp_file.write_text(stamp)
    return True


def main() -> int:
    compile_translations()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "karyabina.config.settings")
    folder = Path(os.environ.get("KARYABINA_DATA", PROJECT / "data"))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        django.setup()
    except ImproperlyConfigured as fault:
        print(fault, file=sys.stderr)
        return 1
    except OSError as fault:
        print(f"The data folder {folder} cannot be used: {fault.strerror}", file=sys.stderr)
        return 1
    try:
        call_command("migrate", interactive=False, verbosity=0)
    except OperationalError as fault:
        name = settings.DATABASES["default"]["NAME"]
        print(f"The database {name} cannot be opened: {fault}", file=sys.stderr)
        return 1
    call_command("createcachetable", verbosity=0)
    gather_static()
    return 0


if __name__ == "__main__":
    sys.exit(main())
