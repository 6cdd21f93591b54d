"""The nouns of plan changes: frozen values without behaviour beyond their own arithmetic."""
