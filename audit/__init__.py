"""The trail: append-only events in hash chains, what protects them, and their verifier.

Knows no person and no case, only opaque identifiers.
"""
