"""社区发展: what is planned and built for communities."""
