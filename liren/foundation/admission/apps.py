"""The room as Django knows it."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AdmissionConfig(AppConfig):
    name = "liren.foundation.admission"
    label = "admission"
    verbose_name = _("Admission gate")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register who may do what."""
        import_module("liren.foundation.admission.rules")
