"""Simulators of providers, ours and not theirs: HTTP servers that behave as their documents say, failures included.

For development and tests only; no message leaves. What they were given is kept and can be read.
"""
