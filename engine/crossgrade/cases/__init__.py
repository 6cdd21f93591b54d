"""Cases: a policy's own tests, what they expect of its decisions, and which rules they reach."""

from crossgrade.cases.comparing import differences
from crossgrade.cases.report import Coverage, Mismatch, Report, Result
from crossgrade.cases.running import NoCasesError, run

__all__ = ["Coverage", "Mismatch", "NoCasesError", "Report", "Result", "differences", "run"]
