from django.apps import AppConfig


class FestivalsConfig(AppConfig):
    name = "karyabina.festivals"
    default_auto_field = "django.db.models.BigAutoField"
