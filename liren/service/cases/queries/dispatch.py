"""Stand-in until the catalogue is merged."""


def responsible(type, category, unit, on):
    return None
