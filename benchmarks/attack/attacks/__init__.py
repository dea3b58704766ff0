"""One module per family of attacks. An attack runs in a process of its own and stops by itself."""
