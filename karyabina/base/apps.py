from collections.abc import Sequence

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate, pre_migrate

from karyabina.base import guards


def set_guards_aside(using: str, plan: Sequence[object], **_: object) -> None:
    """Before migrations on SQLite: a table that another's trigger names cannot be remade.

    Only when there is something to migrate. Should a migration fail, the guards stay away and
    `guards.demand` keeps the server from starting until `migrate` has ended well.
    """
    if plan and connections[using].vendor == "sqlite":
        guards.drop(using)


def install_guards(using: str, **_: object) -> None:
    """After every migrate: SQLite drops triggers when Django remakes a table."""
    guards.install(using)


class BaseConfig(AppConfig):
    name = "karyabina.base"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        pre_migrate.connect(set_guards_aside, dispatch_uid="karyabina guards aside")
        post_migrate.connect(install_guards, dispatch_uid="karyabina guards")
