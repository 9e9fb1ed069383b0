"""On SQLite the indexes of movements give the order of a history as well."""

from pathlib import Path

from django.db import migrations


def change_indexes(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        text = Path(__file__).with_name("0004_sqlite.sql").read_text(encoding="utf-8")
        for statement in text.split("\n--\n"):
            schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_batches")]
    operations = [migrations.RunPython(change_indexes)]
