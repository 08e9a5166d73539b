"""A whole city in one go: inputs as arrays, results as arrays, the same on every machine. No Django, no clock."""
