"""Pure: declarations, values, tables and the arithmetic of coverage. No Django, no clock, no database."""
