"""The outside: what the program runs on and talks to. Only this room knows a wire."""
