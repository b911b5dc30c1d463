"""Who asks and who helps: each thing with its events, its state and its fold in one file."""
