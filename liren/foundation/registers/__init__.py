"""The register engine: what a declaration says becomes a list, a form, a map, a history, a file and a figure."""
