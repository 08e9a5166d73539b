"""What a declaration is made of, and a value in words: the engine's types, for pages that show them."""

from liren.foundation.registers.engine.showing import Shown, exact
from liren.foundation.registers.engine.spec import FieldSpec, MeasureSpec, RegisterSpec, Words

__all__ = ["FieldSpec", "MeasureSpec", "RegisterSpec", "Shown", "Words", "exact"]
