"""What a stack costs a month: quantities from its resource graph, prices from a dated table.

| file | what lives there |
|---|---|
| `prices.py`, `prices.yaml` | the price table: amount, unit, source and whether it was checked against AWS's own list |
| `item.py` | one priced quantity, and the registry of what counts them by resource type |
| `compute.py`, `stores.py`, `network.py`, `watching.py` | what each type is billed for |
| `estimate.py` | all of a graph: the month at the smallest and at the largest size, what usage adds, what is not priced |
"""
