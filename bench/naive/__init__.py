"""The yardstick: the same answers from the same tables, written as one writes at first.

FastAPI with a response model, the ORM with one query per relation, search by `lower(unaccent())` and LIKE with a count,
pages by OFFSET, a flush per row, one job per event. Signing in is checked as the product does it, so that ratios tell
of the rest. Nothing of the product runs this code.
"""
