"""What a change of the program means, before it is deployed: for code review, and for golden graphs.

| file | what lives there |
|---|---|
| `shape.py` | a graph without what changes from run to run: references instead of ids, own tags, options |
| `changes.py` | two shapes compared: created, deleted, updated, replaced, renamed; replacements that follow from others |
| `effects.py` | what a change interrupts or loses |
| `review.py` | all of it with what it costs a month and what it weakens |
| `against.py` | where the other graph comes from: a revision, a saved graph, a state |
| `telling.py` | the review as text, Markdown and data |
"""
