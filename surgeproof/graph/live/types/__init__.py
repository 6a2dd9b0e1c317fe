"""Readers by service."""
