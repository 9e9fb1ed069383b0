"""Movements are checked by the statement, so that many entries can be written by one."""

from pathlib import Path

from django.db import migrations, models


def change_tables(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        text = Path(__file__).with_name("0003_postgresql.sql").read_text(encoding="utf-8")
        for statement in text.split("\n--\n"):
            schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_days_seals_and_checks")]
    operations = [
        migrations.RunPython(change_tables),
        migrations.AddIndex(
            model_name="closing",
            index=models.Index(fields=["until"], name="ledger_closing_until"),
        ),
    ]
