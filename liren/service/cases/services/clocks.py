"""Stand-in until the clocks are merged."""


def started(case, spec, at):
    """Begin the clocks of a new case."""


def entered(case, spec, old, new, at):
    """Stop and begin clocks."""
