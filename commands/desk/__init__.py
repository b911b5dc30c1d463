"""What may be asked of the rules of a workspace."""
