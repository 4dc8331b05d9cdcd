"""How well appearance tells people apart, before any association."""
