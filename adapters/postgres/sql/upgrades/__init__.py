"""From an older layout of the log to the present one: run before and after the other SQL files."""
