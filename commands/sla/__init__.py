"""Calendars, policies, and what follows when a clock runs out."""
