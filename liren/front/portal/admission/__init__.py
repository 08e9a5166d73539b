"""What everybody reads about the admission gate."""
