"""The gate: what may be asked of a community, by whom, on what ground and until when; and how heavy it is."""
