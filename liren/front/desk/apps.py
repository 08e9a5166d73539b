from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "liren.front.desk"
    label = "desk"
    verbose_name = "Desk"
