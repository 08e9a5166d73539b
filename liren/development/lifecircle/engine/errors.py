"""What the engine refuses, in words that name the thing and the next step."""


class LifeCircleError(ValueError):
    """An input from which no right answer can be had."""


class NetworkUnreadable(LifeCircleError):
    """A file that is no network, or not all of one."""


class BadCoordinates(LifeCircleError):
    """Coordinates that are not longitude and latitude in degrees."""


class BadParameter(LifeCircleError):
    """A limit, pace, category or candidate that cannot be meant."""
