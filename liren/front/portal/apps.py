from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "liren.front.portal"
    label = "portal"
    verbose_name = "Portal"
