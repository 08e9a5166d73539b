"""Open311 GeoReport v2 (https://wiki.open311.org/GeoReport_v2/) and the feed of warnings: for programs of others."""
