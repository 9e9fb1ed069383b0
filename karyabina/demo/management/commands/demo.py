"""`karya demo`: play the festival day and print what came of it."""

from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.utils import OperationalError
from django.utils import timezone

from karyabina.base.keys import new_key
from karyabina.demo import actions, practice, printing
from karyabina.ledger import checking
from karyabina.ledger.actions.checks import record_check
from karyabina.offices.models import Office
from karyabina.staff import actions as staff
from karyabina.staff.models import Audit, Staff

BEGUN = "demo.begin"


class Command(BaseCommand):
    help = "Mainkan satu hari festival dengan kantor dan barang nyata, lalu cetak hasilnya."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--fresh", action="store_true", help="hapus data dan mulai dari awal")
        parser.add_argument("--check", action="store_true", help="hanya periksa basis datanya")

    def handle(self, *, fresh: bool, check: bool, **_: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Jalankan lewat ./run demo: KARYABINA_DEMO belum disetel.")
        try:
            guard_other_peoples_data()
        except OperationalError as fault:
            name = settings.DATABASES["default"]["NAME"]
            raise CommandError(f"Basis data {name} tidak dapat dibuka: {fault}") from fault
        if check:
            return
        if fresh:
            empty()
        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
        now = timezone.localtime()
        if not Staff.objects.exists():
            staff.record(by=None, at=now, office=None, what=BEGUN, about="demo")
        actions.play(self.stdout.write)
        practice.open_today(now)
        for line in printing.result(now):
            self.stdout.write(line)
        began_at = timezone.now()
        report = checking.look()
        record_check(
            key=new_key(),
            scope=report.scope,
            began_at=began_at,
            at=timezone.now(),
            by=None,
            entries=report.entries,
            movements=report.movements,
            findings=report.findings,
        )
        faults = [fault for finding in report.wrong for fault in finding.faults]
        if faults:
            raise CommandError("\n".join(["Buku besar tidak cocok:", *faults]))
        self.stdout.write("Buku besar cocok: setiap aturan sudah diperiksa (karya verify).")


def guard_other_peoples_data() -> None:
    """Play only in an empty database or in one that a demonstration began.

    `./run` asks this before it makes our own tables: those of others are left alone."""
    tables = set(connection.introspection.table_names())
    ours = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    ours |= {MigrationRecorder.Migration._meta.db_table, settings.CACHES["default"]["LOCATION"]}
    if tables - ours:
        raise CommandError(
            "Basis data ini berisi tabel lain. Pakai basis data kosong untuk peragaan."
        )
    if not {Staff._meta.db_table, Audit._meta.db_table, Office._meta.db_table} <= tables:
        return
    used = Staff.objects.exists() or Office.objects.exists()
    if used and not Audit.objects.filter(what=BEGUN).exists():
        raise CommandError(
            "Basis data ini bukan basis data peragaan: isinya tidak disentuh. Pakai basis data"
            " kosong (DATABASE_URL atau KARYABINA_DATA yang lain)."
        )


def empty() -> None:
    """Remove everything of the demonstration from its database."""
    if connection.vendor == "sqlite":
        path = str(connection.settings_dict["NAME"])
        connection.close()
        for ending in ("", "-wal", "-shm"):
            Path(f"{path}{ending}").unlink(missing_ok=True)
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        schema = connection.ops.quote_name(cursor.fetchone()[0])
        cursor.execute(f"DROP SCHEMA {schema} CASCADE")
        cursor.execute(f"CREATE SCHEMA {schema}")
