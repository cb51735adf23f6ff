"""Measures the program from outside and puts each figure beside its budget.

See docs/performance.md.

python -m tests.bench [NAME...]      all benches, or the named ones
"""
