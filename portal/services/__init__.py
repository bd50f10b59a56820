"""Use cases: one verb a function, the transaction first."""
