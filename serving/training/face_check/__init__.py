"""Training of the face check: upright photographed faces, or turned heads and drawings."""
