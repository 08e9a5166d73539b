from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegistersConfig(AppConfig):
    name = "liren.foundation.registers"
    label = "registers"
    verbose_name = _("Registers")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the rules of this room, and let packs declare registers."""
        import_module("liren.foundation.registers.rules")
        import_module("liren.foundation.registers.kind").declare()
