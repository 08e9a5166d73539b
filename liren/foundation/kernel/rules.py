"""Who may do what with the kernel's own things."""

from liren.foundation.kernel.rights import power_rule

# A notice holds for a whole place, and so must the duty; asked about no place (the nation's), it is held anywhere.
power_rule("calendar.publish")
power_rule("audit.read")
