"""What the screen said of texts, kept as codes; the flags that follow; the words somebody sends.

A report comes sealed from the live process, which alone reads texts (`receiving.receive`). What the
care team is told without being asked is the practice's written policy (`policy`). A person sends
the exact passage to whoever answers for their flag (`passages`). Everybody may see how often lines
were named (`counts`). Imports `core`, and flags by their facade.
"""
