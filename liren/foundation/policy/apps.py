"""The room as Django knows it."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PolicyConfig(AppConfig):
    name = "liren.foundation.policy"
    label = "policy"
    verbose_name = _("Policy")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the rules of this room, and the one kind of declaration that is its own."""
        import_module("liren.foundation.policy.rules")
        import_module("liren.foundation.policy.engine.subjects").declare()
