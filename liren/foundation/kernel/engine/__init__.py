"""Pure computation: no Django, no clock, no randomness, no files."""
