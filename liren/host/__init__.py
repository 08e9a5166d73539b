"""The machine Liren stands on: folders, secrets, processes and the embedded PostgreSQL. No Django here."""
