"""The three tests of a control, as the wheel gives them to every team."""

from surgeproof.controls.triples import graph_of, judge, resource, triple

__all__ = ["graph_of", "judge", "resource", "triple"]
