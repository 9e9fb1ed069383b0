from django.apps import AppConfig


class TillConfig(AppConfig):
    name = "karyabina.till"
    default_auto_field = "django.db.models.BigAutoField"
