"""The desk shows refusals like every other page; its modules ask for it here."""

from liren.front.kit.refusals import accepted

__all__ = ["accepted"]
