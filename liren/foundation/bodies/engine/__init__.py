"""Pure computation about bodies: no Django, no clock."""
