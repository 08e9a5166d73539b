"""The room in Django's list of apps."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TerritoryConfig(AppConfig):
    name = "liren.foundation.territory"
    label = "territory"
    verbose_name = _("Territory")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Registers who may do what."""
        from liren.foundation.territory import rules  # noqa: F401  (registers on import; models must be loaded first)
