from django.apps import AppConfig


class SettlementConfig(AppConfig):
    name = "karyabina.settlement"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from karyabina.settlement import documents  # noqa: F401 (explains our entries)
