from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LifeCircleConfig(AppConfig):
    name = "liren.development.lifecircle"
    label = "lifecircle"
    verbose_name = _("Life circle")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the rules of this room, and let packs declare standards."""
        import_module("liren.development.lifecircle.rules")
        import_module("liren.development.lifecircle.kind").declare()
