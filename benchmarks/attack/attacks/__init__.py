"""One module per family of attacks. An attack runs in a separate process and stops by itself."""
