"""The books, in SQL that was written by hand for each engine; Django is told what they are."""

import sqlite3
from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.utils import NotSupportedError

import karyabina.ledger.models


def make_tables(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    if vendor == "sqlite" and sqlite3.sqlite_version_info < (3, 37):
        raise NotSupportedError(f"SQLite 3.37 or later is needed, not {sqlite3.sqlite_version}")
    text = Path(__file__).with_name(f"0001_{vendor}.sql").read_text(encoding="utf-8")
    for statement in text.split("\n--\n"):
        schema_editor.execute(statement)


STATE = [
    migrations.CreateModel(
        name='Account',
        fields=[
            ('id', models.BigAutoField(primary_key=True, serialize=False)),
            ('code', models.TextField(unique=True)),
            ('cls', models.TextField()),
            ('home', models.TextField()),
            ('opened_at', karyabina.ledger.models.InstantField()),
        ],
        options={
            'ordering': ('code',),
        },
    ),
    migrations.CreateModel(
        name='Unit',
        fields=[
            ('id', models.BigAutoField(primary_key=True, serialize=False)),
            ('code', models.TextField(unique=True)),
            ('kind', models.TextField()),
        ],
        options={
            'ordering': ('code',),
        },
    ),
    migrations.CreateModel(
        name='Entry',
        fields=[
            ('key', models.UUIDField(primary_key=True, serialize=False)),
            ('kind', models.TextField()),
            ('origin', models.TextField()),
            ('origin_seq', models.BigIntegerField()),
            ('occurred_at', karyabina.ledger.models.InstantField()),
            ('occurred_offset', models.SmallIntegerField()),
            ('recorded_at', karyabina.ledger.models.InstantField()),
            ('booked_on', models.DateField()),
            ('size', models.SmallIntegerField()),
            ('digest', models.CharField(max_length=64)),
            ('note', models.TextField(blank=True, default='')),
            ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ('reverses', models.OneToOneField(blank=True, db_column='reverses', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reversed_by', to='ledger.entry')),
        ],
        options={
            'ordering': ('recorded_at', 'key'),
        },
    ),
    migrations.CreateModel(
        name='Movement',
        fields=[
            ('pk', models.CompositePrimaryKey('entry', 'n', blank=True, editable=False, primary_key=True, serialize=False)),
            ('n', models.SmallIntegerField()),
            ('amount', karyabina.ledger.models.WholeField()),
            ('recorded_at', karyabina.ledger.models.InstantField()),
            ('booked_on', models.DateField()),
            ('entry', models.ForeignKey(db_column='entry_key', on_delete=django.db.models.deletion.PROTECT, related_name='movements', to='ledger.entry')),
            ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.account')),
            ('target', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.account')),
            ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.unit')),
        ],
        options={
            'ordering': ('recorded_at', 'entry_id', 'n'),
        },
    ),
    migrations.CreateModel(
        name='Balance',
        fields=[
            ('pk', models.CompositePrimaryKey('account', 'unit', blank=True, editable=False, primary_key=True, serialize=False)),
            ('amount', models.BigIntegerField()),
            ('upto', karyabina.ledger.models.InstantField(null=True)),
            ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.account')),
            ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.unit')),
        ],
        options={
            'ordering': ('account_id', 'unit_id'),
        },
    ),
    migrations.AddConstraint(
        model_name='entry',
        constraint=models.UniqueConstraint(fields=('origin', 'origin_seq'), name='entry_origin_number_is_used_once'),
    ),
]


class Migration(migrations.Migration):
    initial = True
    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(make_tables)], state_operations=STATE
        )
    ]
