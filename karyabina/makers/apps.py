from django.apps import AppConfig


class MakersConfig(AppConfig):
    name = "karyabina.makers"
    default_auto_field = "django.db.models.BigAutoField"
