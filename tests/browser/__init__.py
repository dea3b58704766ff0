"""The real page in a real browser; a package, so that its browsers and apps end with it."""
