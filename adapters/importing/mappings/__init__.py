"""Ready mappings, found by their bare name."""
