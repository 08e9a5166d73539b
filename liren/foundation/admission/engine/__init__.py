"""Pure rules of the gate: what a title says, which fields ask for the same. No Django, no clock."""
