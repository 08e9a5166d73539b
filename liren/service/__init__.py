"""What a city does for its residents when they ask: cases, later bookings and volunteering."""
