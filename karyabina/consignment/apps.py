from django.apps import AppConfig


class ConsignmentConfig(AppConfig):
    name = "karyabina.consignment"
    default_auto_field = "django.db.models.BigAutoField"
