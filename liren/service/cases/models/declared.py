"""Stand-in until the reader of declarations is merged."""
from dataclasses import dataclass
from functools import lru_cache
from django.utils.translation import get_language, gettext as _
from liren.foundation.kernel.errors import LirenError
from liren.foundation.policy import queries as policy
from liren.foundation.policy.models import DeclarationVersion
from liren.service.cases.engine.declaration import parse
from liren.service.cases.engine.spec import CaseType

KIND = "case_type"


@dataclass(frozen=True)
class DeclaredType:
    pk: int
    version: int
    spec: CaseType

    @property
    def code(self):
        return self.spec.code

    @property
    def name(self):
        return self.spec.name.text(get_language() or "zh")


class NoType(LirenError):
    status = 404


_kept = {}


def _of(v):
    key = (v.pk, v.fingerprint)
    if key not in _kept:
        _kept[key] = parse(v.content)
    return DeclaredType(v.declaration_id, v.pk, _kept[key])


def types():
    return [_of(v) for v in policy.declared(KIND)]


def type_of(code):
    found = next((one for one in types() if one.code == code), None)
    if found is None:
        raise NoType("There is no case type.")
    return found


def by_version(version_id):
    now = next((one for one in types() if one.version == version_id), None)
    return now.spec if now else _of(DeclarationVersion.objects.get(pk=version_id)).spec
