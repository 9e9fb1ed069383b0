from django.apps import AppConfig


class SchemesConfig(AppConfig):
    name = "karyabina.schemes"
    default_auto_field = "django.db.models.BigAutoField"
