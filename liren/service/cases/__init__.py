"""The case engine: from the first word to the resident's own verdict, by declarations in the packs."""
