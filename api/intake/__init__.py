"""What other systems hand in: reports as they are sent, and how each is taken in."""
