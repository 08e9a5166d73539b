"""Every write of the life circle. Keyword-only, ``by`` the actor, ``at`` the moment; each with its audit entry."""

from liren.development.lifecircle.engine import why_plain
from liren.development.lifecircle.reckoning.estates import Phase
from liren.development.lifecircle.services.estates import Plan, check_estate
from liren.development.lifecircle.services.nation import Total, cluster, run_nation
from liren.development.lifecircle.services.networks import (
    NetworkReport,
    Ways,
    import_network,
    record_network,
    record_ways,
)
from liren.development.lifecircle.services.placing import PlacesReport, import_places
from liren.development.lifecircle.services.queue import run_soon
from liren.development.lifecircle.services.runs import CODE_VERSION, ask_run, finish, give_up, give_up_silent, perform
from liren.development.lifecircle.services.siting import Candidate, propose, read_candidates

__all__ = [
    "CODE_VERSION",
    "Candidate",
    "NetworkReport",
    "Phase",
    "PlacesReport",
    "Plan",
    "Total",
    "Ways",
    "ask_run",
    "check_estate",
    "cluster",
    "finish",
    "give_up",
    "give_up_silent",
    "import_network",
    "import_places",
    "perform",
    "propose",
    "read_candidates",
    "record_network",
    "record_ways",
    "run_nation",
    "run_soon",
    "why_plain",
]
