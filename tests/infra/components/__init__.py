"""Tests of the components, each on its own."""
