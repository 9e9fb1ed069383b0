from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "karyabina.staff"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from karyabina.base import trail
        from karyabina.staff.actions import record

        trail.keep(record)
