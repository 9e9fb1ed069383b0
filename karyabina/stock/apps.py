from django.apps import AppConfig


class StockConfig(AppConfig):
    name = "karyabina.stock"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from karyabina.stock import documents  # noqa: F401 (explains our entries)
