"""Where best: sites, gates and crossings that bring the most people within reach, with proof of how far from the best."""
