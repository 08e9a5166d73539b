"""A fictional city, 里仁市, to try Liren with: generated, never imported from anywhere."""
