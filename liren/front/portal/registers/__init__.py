"""Registers as people read them. Everything comes from the declaration; no register has code of its own."""
