"""The counselling rules: what a reply does to the client, and what the client is then ready to say.

``advance`` is pure: no clock, no chance, no input or output. Every change of state carries its reason.
"""

from simulator.alliance.advance import advance, begin, closing_cue, opening_cue

__all__ = ["advance", "begin", "closing_cue", "opening_cue"]
