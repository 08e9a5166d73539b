"""Cases at the desk: the queue, one case with its moves, intake for others, call-backs, the dispatch catalogue."""
