"""The rules of a workspace."""
