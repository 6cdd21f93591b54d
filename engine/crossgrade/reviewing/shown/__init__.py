"""How a review is shown: the same page for people and for the tools that reviewers use."""
