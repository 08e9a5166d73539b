"""All addresses of the API, room by room. A new module of this room is added here, and nowhere else."""

from liren.front.api import cases, documents, lifecircle, lifecircle_estates, parameters, registers
from liren.front.api.endpoints import Endpoint

ENDPOINTS: tuple[Endpoint, ...] = (
    *documents.ENDPOINTS,
    *parameters.ENDPOINTS,
    *registers.ENDPOINTS,
    *lifecircle.ENDPOINTS,
    *lifecircle_estates.ENDPOINTS,
    *cases.ENDPOINTS,
)
