from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "liren.front.api"
    label = "api"
    verbose_name = "API"
