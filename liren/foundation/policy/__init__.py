"""The city's documents as data: packs become jurisdictions, documents, provisions, parameters and declarations."""
