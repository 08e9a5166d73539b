"""All addresses of the API, room by room. A new module of this room is added here, and nowhere else."""

from liren.front.api import (
    cases,
    documents,
    exchange,
    exchange_writes,
    gate,
    gate_writes,
    lifecircle,
    lifecircle_estates,
    parameters,
    registers,
)
from liren.front.api.endpoints import Endpoint
from liren.front.api.writing import Write

ENDPOINTS: tuple[Endpoint, ...] = (
    *documents.ENDPOINTS,
    *parameters.ENDPOINTS,
    *registers.ENDPOINTS,
    *lifecircle.ENDPOINTS,
    *lifecircle_estates.ENDPOINTS,
    *cases.ENDPOINTS,
    *gate.ENDPOINTS,
)
#: Where something is changed.
WRITES: tuple[Write, ...] = gate_writes.WRITES
#: What departments' programs read and write, each with the key of its department.
EXCHANGE: tuple[Endpoint, ...] = exchange.ENDPOINTS
EXCHANGE_WRITES: tuple[Write, ...] = exchange_writes.WRITES
