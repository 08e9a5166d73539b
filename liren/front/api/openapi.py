"""openapi.json (https://spec.openapis.org/oas/v3.1.0), from the declared addresses and the types of their answers."""

from __future__ import annotations

import re
from types import NoneType, UnionType
from typing import Annotated, Any, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from liren import __version__
from liren.foundation.kernel.rights import SIGNED_IN
from liren.front.api import alarms, case_shapes, gate_shapes, openapi_exchange, shapes
from liren.front.api.endpoints import Endpoint
from liren.front.api.table import ENDPOINTS, EXCHANGE, EXCHANGE_WRITES, WRITES
from liren.front.api.writing import Write

ABOUT = (
    "Read only, but for alarms of devices, for what departments' programs do with their cases, and for what is done at"
    " the gate by somebody who is signed in. Numbers are"
    " exact decimals in text; days are YYYY-MM-DD; texts come in zh and en."
)
#: How somebody who is signed in shows who they are, and that the write is their own.
SESSION, TOKEN = "session", "token"
PLAIN = {str: "string", int: "integer", bool: "boolean", float: "number"}
PART = re.compile(r"<(?:\w+:)?(\w+)>")


def document() -> dict[str, Any]:
    """The whole description, in English, whatever the language of the page that asks."""
    with translation.override("en"):
        schemas: dict[str, Any] = {}
        paths: dict[str, Any] = {pattern(one): {"get": operation(one, schemas)} for one in ENDPOINTS}
        taken, failure = content(case_shapes.AlarmTaken, schemas), content(shapes.Error, schemas)
        paths |= {base() + "alarms/": {"post": alarms.operation(taken, failure)}}
        paths |= {base() + "key/": {"get": key(schemas)}}
        paths |= {pattern(one): {"post": write(one, schemas)} for one in WRITES}
        paths |= {pattern(one): {"get": openapi_exchange.read(operation(one, schemas))} for one in EXCHANGE}
        paths |= {pattern(one): {"post": openapi_exchange.write(write(one, schemas))} for one in EXCHANGE_WRITES}
        return {
            "openapi": "3.1.0",
            "info": {
                "title": "Liren",
                "version": __version__,
                "description": ABOUT,
            },
            "servers": [{"url": "/"}],
            "paths": paths,
            "components": {
                "schemas": dict(sorted(schemas.items())),
                "securitySchemes": {
                    alarms.DEVICE: {"type": "http", "scheme": "bearer"},
                    openapi_exchange.PARTNER: {"type": "http", "scheme": "bearer"},
                    SESSION: {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME},
                    TOKEN: {"type": "apiKey", "in": "header", "name": "X-CSRFToken"},
                },
            },
        }


def pattern(endpoint: Endpoint | Write) -> str:
    """The address with its parts in braces: /api/documents/{jur}/{doc}/."""
    return base() + PART.sub(r"{\1}", endpoint.path)


def base() -> str:
    """Where the API begins, without a language in front."""
    with translation.override("zh-hans"):
        return reverse("api")


def asked(schema: dict[str, Any]) -> dict[str, Any]:
    """What may stand behind a name of the query; left empty, it is as if it had not been asked."""
    if "enum" in schema:
        return {**schema, "enum": [*schema["enum"], ""]}
    if "pattern" in schema:
        return {**schema, "pattern": f"^(?:{schema['pattern'].removeprefix('^').removesuffix('$')})?$"}
    return schema if schema == {"type": "string"} else {"anyOf": [schema, {"type": "string", "maxLength": 0}]}


def operation(endpoint: Endpoint, schemas: dict[str, Any]) -> dict[str, Any]:
    """What may be asked at one address, and what comes back."""
    inside = in_path(endpoint)
    behind = [
        {"name": one.name, "in": "query", "description": str(one.about), "schema": asked(one.schema)}
        for one in endpoint.queries
    ]
    failure = {"content": content(shapes.Error, schemas)}
    responses = {"200": {"description": "The answer.", "content": content(endpoint.shape, schemas)}}
    if endpoint.parts or endpoint.queries:
        responses["404"] = {"description": "There is no such thing, or not on that day.", **failure}
    responses["400"] = {"description": "The address holds signs that no address has.", **failure}
    responses["422"] = {"description": "The query says what can't be.", **failure}
    known: dict[str, Any] = {"operationId": endpoint.name, "summary": str(endpoint.about)}
    if endpoint.guards == SIGNED_IN:
        responses["403"] = {"description": "Not signed in, or without the mandate.", **failure}
        known["security"] = [{SESSION: []}]
    return {**known, "parameters": [*inside, *behind], "responses": responses}


def in_path(endpoint: Endpoint | Write) -> list[dict[str, Any]]:
    """The parts of an address."""
    return [
        {"name": one.name, "in": "path", "required": True, "description": str(one.about), "schema": {"type": "string"}}
        for one in endpoint.parts
    ]


def write(one: Write, schemas: dict[str, Any]) -> dict[str, Any]:
    """What may be sent to one address, and what comes back."""
    failure = {"content": content(shapes.Error, schemas)}
    refusal: Any = one.refused if one.refused is shapes.Error else shapes.Error | one.refused
    refused = {"content": content(refusal, schemas)}
    words = {
        "400": "No key, a damaged one, or no JSON.",
        "403": "Not signed in, no token, or without the mandate.",
        "404": "There is no such thing, or it is not for you.",
        "413": "More than is taken at once.",
    }
    header = {"name": "Idempotency-Key", "in": "header", "required": True, "schema": {"type": "string"}}
    return {
        "operationId": one.name,
        "summary": str(one.about),
        "security": [{SESSION: [], TOKEN: []}],
        "parameters": [*in_path(one), {**header, "description": "from /api/key/; a repeat gets the first answer"}],
        "requestBody": {"required": True, "content": content(one.body, schemas)},
        "responses": {
            "201": {"description": "Done.", "content": content(one.shape, schemas)},
            "303": {"description": "The same was sent before: its answer is there."},
            "409": {"description": "Refused, or sent before with other content.", **refused},
            "422": {"description": "What was sent can't be meant.", **refused},
            **{status: {"description": said, **failure} for status, said in words.items()},
        },
    }


def key(schemas: dict[str, Any]) -> dict[str, Any]:
    """Where a write gets what it has to send along."""
    return {
        "operationId": "api-key",
        "summary": "A key and a token for one write.",
        "security": [{SESSION: []}],
        "responses": {
            "200": {"description": "The answer.", "content": content(gate_shapes.Key, schemas)},
            "403": {"description": "Not signed in.", "content": content(shapes.Error, schemas)},
        },
    }


def content(shape: Any, schemas: dict[str, Any]) -> dict[str, Any]:
    if shape is bytes:
        return {kind: {"schema": {"type": "string", "format": "binary"}} for kind in ("image/*", "application/pdf")}
    return {"application/json": {"schema": schema(shape, schemas)}}


def schema(kind: Any, schemas: dict[str, Any]) -> dict[str, Any]:
    """JSON Schema of a type; shapes are written once into ``schemas`` and pointed to."""
    if get_origin(kind) is NotRequired:
        return schema(get_args(kind)[0], schemas)
    if get_origin(kind) is Annotated:
        inner, about = get_args(kind)[:2]
        return {**schema(inner, schemas), "description": about}
    if get_origin(kind) in (Union, UnionType):
        return {"anyOf": [schema(one, schemas) for one in get_args(kind)]}
    if get_origin(kind) is list:
        return {"type": "array", "items": schema(get_args(kind)[0], schemas)}
    if is_typeddict(kind):
        return pointed(kind, schemas)
    return {"type": "null"} if kind is NoneType else {"type": PLAIN[kind]}


def pointed(kind: Any, schemas: dict[str, Any]) -> dict[str, Any]:
    """A reference to a shape, which is described when it is met for the first time."""
    if kind.__name__ not in schemas:
        schemas[kind.__name__] = {}
        fields = get_type_hints(kind, include_extras=True)
        schemas[kind.__name__] = {
            "type": "object",
            "description": (kind.__doc__ or "").strip(),
            "properties": {name: schema(one, schemas) for name, one in fields.items()},
            # Annotations that are read late hide NotRequired from ``__required_keys__``.
            "required": sorted(name for name, one in fields.items() if get_origin(one) is not NotRequired),
            "additionalProperties": False,
        }
    return {"$ref": f"#/components/schemas/{kind.__name__}"}
