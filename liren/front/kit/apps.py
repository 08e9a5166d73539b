from django.apps import AppConfig


class KitConfig(AppConfig):
    name = "liren.front.kit"
    label = "kit"
    verbose_name = "Page kit"
