from importlib import import_module

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "liren.front.portal"
    label = "portal"
    verbose_name = "Portal"

    def ready(self) -> None:
        """Let packs name the parts of the program that carry provisions out."""
        import_module("liren.front.portal.engines").declare()
