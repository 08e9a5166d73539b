"""Every write of the life circle. Keyword-only, ``by`` the actor, ``at`` the moment; one transaction, one audit entry."""

from liren.development.lifecircle.services.networks import NetworkReport, import_network, record_network
from liren.development.lifecircle.services.placing import PlacesReport, import_places
from liren.development.lifecircle.services.queue import run_soon
from liren.development.lifecircle.services.runs import CODE_VERSION, ask_run, finish, give_up, give_up_silent, perform

__all__ = [
    "CODE_VERSION",
    "NetworkReport",
    "PlacesReport",
    "ask_run",
    "finish",
    "give_up",
    "give_up_silent",
    "import_network",
    "import_places",
    "perform",
    "record_network",
    "run_soon",
]
