from django.apps import AppConfig


class ConsignmentConfig(AppConfig):
    name = "karyabina.consignment"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from karyabina.consignment import documents  # noqa: F401 (explains our entries)
