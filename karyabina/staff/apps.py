from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "karyabina.staff"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from allauth.mfa.signals import authentication_failed

        from karyabina.base import trail
        from karyabina.staff.actions import record
        from karyabina.staff.adapter import code_was_wrong

        trail.keep(record)
        authentication_failed.connect(code_was_wrong, dispatch_uid="karyabina wrong code")
