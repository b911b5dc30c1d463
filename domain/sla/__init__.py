"""What was promised (policy), what a ticket's clocks stand at (clock), and why (changes)."""
