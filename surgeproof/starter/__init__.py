"""`surgeproof new`: a service of the user's own, put into the scaffold that they have cloned.

| file | what lives there |
|---|---|
| `order.py` | what is asked for: name, shape, command; checked |
| `stack_edit.py` | a service's settings, put into the text of a stack file without touching the rest |
| `files.py` | every file that a new service brings, and what it changes; nothing is written before all is known |
| `templates/` | the code that it starts with |
"""
