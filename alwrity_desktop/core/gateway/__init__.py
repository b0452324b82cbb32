"""The tracking gateway: passes calls on to their providers untouched, and counts them."""
