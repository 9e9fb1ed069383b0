from django.apps import AppConfig


class StockConfig(AppConfig):
    name = "karyabina.stock"
    default_auto_field = "django.db.models.BigAutoField"
