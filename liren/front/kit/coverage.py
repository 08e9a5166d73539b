"""The share of grids, buildings and social organisations with a named service contact, for the desk and residents."""

from datetime import date

from liren.foundation.territory import queries
from liren.foundation.territory.models import Unit


def coverage(unit: Unit, day: date) -> list[queries.Coverage]:
    """Only those kinds of which there are any below the unit (R029); one query."""
    return [one for one in queries.service_contact_coverage(unit, day) if one.total]
