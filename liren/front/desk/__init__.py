"""The desk: pages for community workers and officials. Zh first, without JavaScript, behind a second factor."""
