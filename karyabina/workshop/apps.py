from django.apps import AppConfig


class WorkshopConfig(AppConfig):
    name = "karyabina.workshop"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from karyabina.workshop import documents  # noqa: F401 (explains our entries)
