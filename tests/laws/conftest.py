"""How long the laws are looked at: the same examples in every normal run, many new ones when CROSSGRADE_SOAK is set."""

import os

from hypothesis import HealthCheck, settings

CHECKS = (HealthCheck.too_slow, HealthCheck.filter_too_much)
settings.register_profile(
    "normal", derandomize=True, max_examples=200, deadline=None, database=None, suppress_health_check=CHECKS
)
settings.register_profile(
    "soak",
    max_examples=int(os.environ.get("CROSSGRADE_SOAK") or "5000"),
    deadline=None,
    database=None,
    suppress_health_check=CHECKS,
)
settings.load_profile("soak" if os.environ.get("CROSSGRADE_SOAK") else "normal")
