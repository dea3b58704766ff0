"""Search for faces: everywhere in a photo, and where it pays in the frames of a session."""
