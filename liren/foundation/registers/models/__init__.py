"""What is: registers as declared, their entries with history, imports, files, figures."""

from liren.foundation.registers.models.books import Attachment, Book, Coverage, ImportBatch, IncomingLine
from liren.foundation.registers.models.declared import NoEntry, NoRegister, Register, register, registers
from liren.foundation.registers.models.entries import ChangeKind, Entry, EntryChange, Facts, Look

__all__ = [
    "Attachment",
    "Book",
    "ChangeKind",
    "Coverage",
    "Entry",
    "EntryChange",
    "Facts",
    "ImportBatch",
    "IncomingLine",
    "Look",
    "NoEntry",
    "NoRegister",
    "Register",
    "register",
    "registers",
]
