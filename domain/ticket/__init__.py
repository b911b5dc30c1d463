"""The ticket: its words, its events, its state, its rules."""
