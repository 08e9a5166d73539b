"""The generator itself: a size and a seed in, plain rows and arrays out; no Django, no clock, no files."""
