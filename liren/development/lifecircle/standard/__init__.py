"""What a pack declares for the life circle: paces, circles and categories of facilities. No Django."""
