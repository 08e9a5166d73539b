"""The kernel: what every room needs and no room should write twice."""
