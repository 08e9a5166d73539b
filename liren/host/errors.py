"""What can be wrong with the machine, said in one line with the next step in it."""


class HostError(RuntimeError):
    """The machine lacks something; the message says what, and how to get it."""
