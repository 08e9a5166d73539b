"""The life circle at the desk: coverage, gaps, runs, networks, what if, and where best."""
