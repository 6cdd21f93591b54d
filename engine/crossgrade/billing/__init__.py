"""What a change costs: the unused share, credit, charges, and how they settle."""
