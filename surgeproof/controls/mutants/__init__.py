"""Mutants: our own stack, broken on purpose, to prove that each control bites."""
