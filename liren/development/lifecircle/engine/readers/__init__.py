"""From files to a :class:`Network`: OpenStreetMap extracts, edges of a GeoPackage or GeoJSON, GraphML."""
