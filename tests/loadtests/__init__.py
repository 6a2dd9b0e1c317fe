"""Tests of the scaffold's load tests."""
