"""One module per subject: units, finding, oneself, about."""
