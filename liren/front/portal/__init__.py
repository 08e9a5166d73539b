"""The portal: pages for residents and for whoever wants to know the territory. Phone first, without JavaScript."""
