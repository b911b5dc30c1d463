"""What SLA clocks should say: scenarios for any implementation (see README.md)."""
