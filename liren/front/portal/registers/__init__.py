"""Registers as residents and officials read them. Everything comes from the declaration; no register has code of its own."""
