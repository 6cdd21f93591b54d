"""The decision: no change, restrictions, transitions, quote; what is offered, and why."""
