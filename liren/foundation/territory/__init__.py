"""Units from city to grid, their lineage over time, their boundaries, their populations."""
