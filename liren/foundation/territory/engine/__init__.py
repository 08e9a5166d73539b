"""Pure geography and naming: no Django, no clock, no files."""
