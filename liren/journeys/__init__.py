"""Processes that cross rooms: one file each, plain functions that call services of several rooms in one transaction."""
