"""The same facts for programs: read only, JSON, each address declared once."""
