"""The room as Django knows it."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BodiesConfig(AppConfig):
    name = "liren.foundation.bodies"
    label = "bodies"
    verbose_name = _("Bodies")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register who may do what, and what a person takes along of their offices."""
        import_module("liren.foundation.bodies.rules")
        import_module("liren.foundation.bodies.services.export")
