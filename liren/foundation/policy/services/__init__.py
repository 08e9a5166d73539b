"""Every write of this room: packs are loaded, and nothing else changes what the city's documents say."""

from liren.foundation.policy.engine.kinds import Declared, Fault, Kind, Table, Where, declare_kind, say
from liren.foundation.policy.services.loading import BadPacks, load_packs

__all__ = ["BadPacks", "Declared", "Fault", "Kind", "Table", "Where", "declare_kind", "load_packs", "say"]
