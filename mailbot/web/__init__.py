"""The review console and the API: what people and programs see of mailbot over HTTP.

Thin: it shows what `desk` reads, and acts through the same functions as the command line.
"""
