"""The outside: what the program runs on. The only room that knows a library or a wire."""
