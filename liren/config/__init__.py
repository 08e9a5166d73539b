"""How Liren is set up: settings from the environment, the URL table, the WSGI door."""
