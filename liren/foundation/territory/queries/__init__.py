"""Reads worth a name. Everything is public; counts for publication go through the suppression of the kernel."""

from liren.foundation.territory.queries.counts import (
    WHICH,
    Denominator,
    Published,
    denominator,
    hidden_beside,
    households_on,
    populations,
    published_children,
    published_count,
)
from liren.foundation.territory.queries.coverage import (
    Coverage,
    grid_profile,
    management,
    service_contact_coverage,
    service_contacts,
    zone_units,
    zones_of,
    zones_on,
)
from liren.foundation.territory.queries.history import (
    CountsBetween,
    Entry,
    Lineage,
    changes_page,
    counts_between,
    history,
    lineage,
)
from liren.foundation.territory.queries.places import units_at, zones_at
from liren.foundation.territory.queries.proposals import open_proposal_moves, proposals
from liren.foundation.territory.queries.search import Hit, search_units
from liren.foundation.territory.queries.series import Point, series
from liren.foundation.territory.queries.size import SizeFlag, SizeFlags, occupancy_threshold, size_flags
from liren.foundation.territory.queries.streets import StreetEntry, streets_of
from liren.foundation.territory.queries.tree import (
    chain,
    chains,
    children,
    counts_below,
    ids_below,
    key_of,
    span_on,
    unit_page,
    units_on,
)

__all__ = [
    "WHICH",
    "CountsBetween",
    "Coverage",
    "Denominator",
    "Entry",
    "Hit",
    "Lineage",
    "Point",
    "Published",
    "SizeFlag",
    "SizeFlags",
    "StreetEntry",
    "chain",
    "chains",
    "changes_page",
    "children",
    "counts_below",
    "counts_between",
    "denominator",
    "grid_profile",
    "hidden_beside",
    "history",
    "households_on",
    "ids_below",
    "key_of",
    "lineage",
    "management",
    "occupancy_threshold",
    "open_proposal_moves",
    "populations",
    "proposals",
    "published_children",
    "published_count",
    "search_units",
    "series",
    "service_contact_coverage",
    "service_contacts",
    "size_flags",
    "span_on",
    "streets_of",
    "unit_page",
    "units_at",
    "units_on",
    "zone_units",
    "zones_at",
    "zones_of",
    "zones_on",
]
