"""Where best: sites, gates and crossings that bring the most people within reach, and how far from the best."""
