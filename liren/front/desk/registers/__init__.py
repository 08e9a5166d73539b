"""Registers on the desk: kept, reviewed, imported, opened. Every page comes from the declaration alone."""
