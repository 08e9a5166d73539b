"""People: accounts, residency, mandates, consent and the log of who looked at whose data."""
