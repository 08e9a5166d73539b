"""Arrays in, arrays out: no Django, no clock, no randomness."""
