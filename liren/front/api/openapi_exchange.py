"""What openapi.json says of the door of partners besides: its key, its own refusals, and files that come along."""

from __future__ import annotations

from typing import Any

from liren.front.api.partners import FILES, PART, PARTNER

REFUSED = {
    "403": "No key, or not the key of a department.",
    "429": "More than a program has to ask in a minute.",
}


def read(known: dict[str, Any]) -> dict[str, Any]:
    """An address that is read with the key."""
    answers = known["responses"]
    failure = {"content": answers["422"]["content"]}
    refusals = {status: {"description": said, **failure} for status, said in REFUSED.items()}
    return {**known, "security": [{PARTNER: []}], "responses": {**answers, **refusals}}


def write(known: dict[str, Any]) -> dict[str, Any]:
    """An address at which is written: JSON, or the same in one part of several, with files in others."""
    json = known["requestBody"]["content"]["application/json"]
    parts = {
        "type": "object",
        "properties": {
            PART: {"type": "string", "description": "the same as JSON"},
            FILES: {"type": "array", "items": {"type": "string", "format": "binary"}},
        },
        "required": [PART],
    }
    *inside, header = known["parameters"]
    uuid = {"type": "string", "format": "uuid"}
    header = {**header, "schema": uuid, "description": "the sender's own; a repeat changes nothing (for seven days)"}
    body = {"required": True, "content": {"application/json": json, "multipart/form-data": {"schema": parts}}}
    return {**read(known), "parameters": [*inside, header], "requestBody": body}
