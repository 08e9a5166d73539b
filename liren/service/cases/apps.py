from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    name = "liren.service.cases"
    label = "cases"
    verbose_name = _("Cases")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the rules of this room, and let packs declare case types, and take part in export and erasure."""
        import_module("liren.service.cases.rules")
        import_module("liren.service.cases.kind").declare()
        import_module("liren.service.cases.services.leaving")
