"""The live source: the graph of what an AWS account holds, read through describe, get and list calls alone."""
