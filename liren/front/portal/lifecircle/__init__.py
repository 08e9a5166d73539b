"""What lies within fifteen minutes of a home: the page of a unit, its map, the report for print."""
