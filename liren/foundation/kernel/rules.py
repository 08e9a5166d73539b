"""Who may do what with the kernel's own things."""

from liren.foundation.kernel.rights import power_rule

# A notice holds for a whole place; the duty is held anywhere, since notices come from the city's own office.
power_rule("calendar.publish", unit_of=lambda obj: None)
power_rule("audit.read", unit_of=lambda unit: unit)
