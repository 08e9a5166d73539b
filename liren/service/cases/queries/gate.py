"""Cases that came to a community round the gate: what hand-written SQL can leave behind."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from liren.foundation.admission.queries import Fault

#: An office's case, a part in it or a call on it, with a body of a community and without an admission for that
#: community; the community is the fifth level of the path of the body's unit, whatever lies between.
ROUND = """
SELECT g.id, g.whose FROM (
    SELECT c.id, 'cases_case' AS whose, c.work, c.admission_id, c.body_id FROM cases_case c
    UNION ALL
    SELECT p.id, 'cases_casepart', c.work, c.admission_id, p.body_id FROM cases_casepart p
      JOIN cases_case c ON c.id = p.case_id
    UNION ALL
    SELECT l.id, 'cases_call', c.work, c.admission_id, l.body_id FROM cases_call l JOIN cases_case c ON c.id = l.case_id
) g
  JOIN bodies_body b ON b.id = g.body_id JOIN territory_unit u ON u.id = b.unit_id AND u.level >= 5
  LEFT JOIN admission_admission a ON a.id = g.admission_id AND a.work_type = g.work
  LEFT JOIN territory_unit place ON place.level = 5 AND starts_with(u.path, place.path)
       AND place.id = ANY (string_to_array(trim('/' FROM u.path), '/')::bigint[])
  LEFT JOIN admission_reach r ON r.admission_id = a.id AND r.community_id = place.id
 WHERE g.work <> '' AND r.id IS NULL ORDER BY 2, 1
"""
#: A case that says it is no office's work although the declaration it was received under says so.
DISGUISED = """
SELECT c.id FROM cases_case c JOIN policy_declaration_version v ON v.id = c.written_as_id
 WHERE c.work <> coalesce(v.content ->> 'work', '') ORDER BY c.id
"""
#: An application and its case that say two things, and a case of the gate's own type that no application stands behind.
APART = """
SELECT c.id, 'application_and_case_differ' FROM admission_application a JOIN cases_case c ON c.id = a.case_id
 WHERE (a.outcome = '') <> (c.phase <> 'closed')
UNION ALL
SELECT c.id, 'case_without_its_application' FROM cases_case c
  JOIN policy_declaration_version v ON v.id = c.written_as_id AND v.content ->> 'journey' = 'admit'
 WHERE NOT EXISTS (SELECT FROM admission_application a WHERE a.case_id = c.id)
 ORDER BY 2, 1
"""


def case_faults() -> Iterator[Fault]:
    """Rows with work for a community without an admission, cases whose kind of work was left out, and cases that went
    another way than the application they carry."""
    with connection.cursor() as cursor:
        cursor.execute(ROUND)
        yield from [Fault("work_without_admission", table, pk) for pk, table in cursor.fetchall()]
        cursor.execute(DISGUISED)
        yield from [Fault("work_disguised_as_a_request", "cases_case", pk) for (pk,) in cursor.fetchall()]
        cursor.execute(APART)
        yield from [Fault(what, "cases_case", pk) for pk, what in cursor.fetchall()]
