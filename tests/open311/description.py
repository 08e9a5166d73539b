"""GeoReport v2 as an OpenAPI description of our own (https://wiki.open311.org/GeoReport_v2/ has none): JSON and XML."""

from __future__ import annotations

from typing import Any

NOTATIONS = {"json": "application/json", "xml": "text/xml"}
TEXT, NUMBER, MOMENT = {"type": "string"}, {"type": "number"}, {"type": "string", "format": "date-time"}


def maybe(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}


def record(*, optional: tuple[str, ...] = (), **fields: dict[str, Any]) -> dict[str, Any]:
    required = [name for name in fields if name not in optional]
    return {"type": "object", "additionalProperties": False, "properties": fields, "required": required}


def many(schema: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": schema}


ERRORS = many(record(code={"type": "integer"}, description=TEXT))
SERVICES = many(
    record(
        **dict.fromkeys(("service_code", "service_name", "description", "keywords", "group"), TEXT),
        metadata={"type": "boolean"},
        type={"enum": ["realtime", "batch", "blackbox"]},
    )
)
ATTRIBUTE = record(
    **dict.fromkeys(("code", "datatype_description", "description"), TEXT),
    **dict.fromkeys(("variable", "required"), {"type": "boolean"}),
    datatype={"enum": ["string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"]},
    order={"type": "integer"},
    values=many(record(key=TEXT, name=TEXT)),
)
DEFINITION = record(service_code=TEXT, attributes=many(ATTRIBUTE))
REQUESTS = many(
    record(
        **dict.fromkeys(("service_request_id", "status_notes", "service_name", "service_code"), TEXT),
        **dict.fromkeys(("description", "agency_responsible", "service_notice", "zipcode", "media_url"), maybe(TEXT)),
        **dict.fromkeys(("address", "address_id"), TEXT),
        **dict.fromkeys(("requested_datetime", "updated_datetime"), MOMENT),
        expected_datetime=maybe(MOMENT),
        status={"enum": ["open", "closed"]},
        lat=maybe(NUMBER),
        long=maybe(NUMBER),
    )
)
TAKEN = many(record(service_request_id=TEXT, service_notice=maybe(TEXT), account_id=maybe(TEXT)))
TOKEN = many(record(service_request_id=TEXT, token=TEXT))
ENDPOINT = record(**dict.fromkeys(("specification", "url", "type"), TEXT), changeset=maybe(MOMENT), formats=many(TEXT))
DISCOVERY = record(changeset=maybe(MOMENT), contact=TEXT, key_service=TEXT, endpoints=many(ENDPOINT))

UNIT = {"name": "jurisdiction_id", "in": "query", "schema": {"type": "string", "pattern": "^[0-9]{12}$"}}
ASKED = [
    UNIT,
    *({"name": one, "in": "query", "schema": TEXT} for one in ("service_request_id", "service_code")),
    *({"name": one, "in": "query", "schema": MOMENT} for one in ("start_date", "end_date", "updated_after")),
    {"name": "status", "in": "query", "schema": {"enum": ["open", "closed", "open,closed"]}},
    {"name": "page", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 100_000}},
    {"name": "page_size", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 1_000}},
]
FORM = {
    "type": "object",
    "properties": {
        "service_code": {"enum": ["request.lamp", "request.waste", "request"]},
        "description": {"type": "string", "minLength": 1, "maxLength": 5_000},
        "lat": {"type": "number", "minimum": 30, "maximum": 30.02},
        "long": {"type": "number", "minimum": 104, "maximum": 104.02},
        **dict.fromkeys(
            ("address_string", "first_name", "last_name", "phone", "email", "device_id", "media_url"), TEXT
        ),
        "attribute[since]": {"type": "string", "format": "date"},
    },
    "required": ["service_code", "description", "lat", "long"],
}


def operation(name: str, kind: str, shape: dict[str, Any], refusals: str, parameters: Any = (), **more: Any) -> Any:
    schemas = (shape, ERRORS) if kind == "application/json" else ({}, {})  # XML is read by the test itself
    answers = {
        status: {"description": status, "content": {kind: {"schema": schemas[status != "200"]}}}
        for status in ("200", *refusals.split())
    }
    return {"operationId": name, "parameters": list(parameters), "responses": answers, **more}


def document() -> dict[str, Any]:
    """Every address in both notations. 400 stands everywhere: for signs that no address has."""
    paths: dict[str, Any] = {}
    for notation, kind in NOTATIONS.items():
        code, number, token = (
            {"name": name, "in": "path", "required": True, "schema": schema}
            for name, schema in (
                ("code", {"enum": ["request.lamp", "request.waste", "nothing", "路灯"]}),
                ("number", {"type": "string", "pattern": "^[0-9]{1,12}-[0-9]$"}),
                ("token", {"type": "string", "format": "uuid"}),
            )
        )
        body = {
            "content": dict.fromkeys(("application/x-www-form-urlencoded", "multipart/form-data"), {"schema": FORM})
        }
        asked, sent = (f"{one} {notation}" for one in ("requests", "report"))
        paths |= {
            f"/open311/discovery.{notation}": {"get": operation(f"discovery {notation}", kind, DISCOVERY, "400")},
            f"/open311/v2/services.{notation}": {
                "get": operation(f"services {notation}", kind, SERVICES, "400 404", [UNIT])
            },
            f"/open311/v2/services/{{code}}.{notation}": {
                "get": operation(f"service {notation}", kind, DEFINITION, "400 404", [code, UNIT])
            },
            f"/open311/v2/requests.{notation}": {
                "get": operation(asked, kind, REQUESTS, "400 404", ASKED),
                "post": operation(
                    sent, kind, TAKEN, "400 403 404 409 413 429", requestBody=body, security=[{"program": []}]
                ),
            },
            f"/open311/v2/requests/{{number}}.{notation}": {
                "get": operation(f"request {notation}", kind, REQUESTS, "400 404", [number, UNIT])
            },
            f"/open311/v2/tokens/{{token}}.{notation}": {
                "get": operation(f"token {notation}", kind, TOKEN, "400 404", [token])
            },
        }
    program = {"type": "apiKey", "in": "header", "name": "X-Api-Key"}
    about = {"title": "GeoReport v2", "version": "2"}
    return {
        "openapi": "3.1.0",
        "info": about,
        "paths": paths,
        "components": {"securitySchemes": {"program": program}},
    }
