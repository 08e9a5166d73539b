"""The life circle: what lies within 15, 10 and 5 minutes of every compound, and what to do about what does not."""
