from importlib import import_module

from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "liren.foundation.kernel"
    label = "kernel"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the rules of this room: who may do what."""
        import_module("liren.foundation.kernel.rules")
