"""The orders worker: fulfils paid orders, and settles those that were left half-way."""
