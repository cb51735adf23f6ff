"""Installation discs: what a disc image holds, and which machine suits it.

`reader` opens a file within limits, `iso` and its neighbours turn bytes into `facts`, `systems`
loads the table of known systems, `catalogue` suggests a machine and warns about what will not work.
"""
