"""Fuzzing the whole way from raw bytes to the decision: how letters are spoilt, and what must hold of each."""
