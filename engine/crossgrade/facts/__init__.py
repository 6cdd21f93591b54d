"""What comes in: the border where facts are checked, and the facts that follow from them."""
