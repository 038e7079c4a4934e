"""The fault harness: the real program on real servers, killed, cut off, filled up and misled, then looked at.

`make faults` runs every fault many times and writes the table of docs/guarantees.md; `make test` runs a small sample.
"""
