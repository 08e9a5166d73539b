"""A service pass (R042): a random number from which each provider gets another one, and until when it holds.

No use of it is stored anywhere. What providers keep can't be matched: their numbers have nothing in common.
"""

from __future__ import annotations

from django.db import models

from liren.service.cases.models.shapes import later


class ServicePass(models.Model):
    """The pass that came out of one case, held by whoever reported it, by account or by the receipt."""

    case = models.OneToOneField("cases.Case", models.PROTECT, related_name="service_pass")
    nonce = models.BinaryField(max_length=16)
    made_at = models.DateTimeField()
    expires_on = models.DateField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            later("service_pass_revoked_after_it_was_made", "revoked_at", "made_at"),
            models.CheckConstraint(
                name="service_pass_ends_after_it_was_made",
                condition=models.Q(expires_on__gt=models.F("made_at__date")),
            ),
            models.UniqueConstraint(name="service_pass_number_is_its_own", fields=["nonce"]),
        ]
        indexes = [
            # Which cases are kept because their pass still holds.
            models.Index(fields=["expires_on"], name="service_pass_holds", condition=models.Q(revoked_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"pass of {self.case_id}"
