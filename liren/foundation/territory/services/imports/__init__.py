"""Units, counts and boundaries out of files: whole or not at all, every fault with its place in the file."""
