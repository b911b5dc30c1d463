"""What Chronodesk is measured against: other programs and the database itself, really run."""
