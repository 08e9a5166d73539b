"""The map's data: outlines of a unit and its parts as GeoJSON, bounded, simplified, and with an ETag."""
