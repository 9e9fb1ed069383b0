from collections.abc import Sequence

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections
from django.db.models.signals import post_migrate, pre_migrate

from karyabina.base import guards


def set_guards_aside(using: str, plan: Sequence[object], **_: object) -> None:
    """Before migrations on SQLite: a table that another's trigger names cannot be remade.

    Only when there is something to migrate. Should a migration fail, the guards stay away and
    `guards_are_there` keeps the server from starting until `migrate` has ended well.
    """
    if plan and connections[using].vendor == "sqlite":
        guards.drop(using)


def install_guards(using: str, **_: object) -> None:
    """After every migrate: SQLite drops triggers when Django remakes a table."""
    guards.install(using)


@register(Tags.database)
def guards_are_there(
    app_configs: Sequence[AppConfig] | None,
    databases: Sequence[str] | None = None,
    **_: object,
) -> list[CheckMessage]:
    """`karya check --database default`, which `./run serve` calls, refuses unguarded books."""
    return [
        Error(
            f"The database lacks the guard {name}: its books could be edited.",
            hint="Run `./run karya migrate`, which makes the guards again.",
            id="base.E001",
        )
        for alias in databases or []
        for name in guards.missing(alias)
    ]


class BaseConfig(AppConfig):
    name = "karyabina.base"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        pre_migrate.connect(set_guards_aside, dispatch_uid="karyabina guards aside")
        post_migrate.connect(install_guards, dispatch_uid="karyabina guards")
