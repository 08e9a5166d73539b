"""Reading and checking packs: files in, specifications and faults out. No Django, no database, no clock."""
