"""The page of one commune."""
