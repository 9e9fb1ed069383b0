"""The ledger as Django loads it: after every migrate the rupiah is there."""

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


def make_rupiah(using: str, **_: object) -> None:
    """The one unit that every ledger has; also there again after a test emptied the tables."""
    connection = connections[using]
    if "ledger_unit" in connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO ledger_unit (code, kind) SELECT 'IDR', 'money'"
                " WHERE NOT EXISTS (SELECT 1 FROM ledger_unit WHERE code = 'IDR')"
            )


class LedgerConfig(AppConfig):
    name = "karyabina.ledger"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        post_migrate.connect(make_rupiah, sender=self, dispatch_uid="karyabina rupiah")
