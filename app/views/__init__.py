"""The windows around the machines: library, creation wizard, settings, in Qt Widgets.

Nothing here knows the exclusive window: `app.__main__` hands in a function that opens it.
"""
