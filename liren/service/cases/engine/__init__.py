"""Pure computation: what a case type says and whether it can be right, deadlines, words. No Django, no clock."""
