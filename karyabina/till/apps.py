from django.apps import AppConfig


class TillConfig(AppConfig):
    name = "karyabina.till"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from karyabina.till import documents  # noqa: F401 (explains our entries)
