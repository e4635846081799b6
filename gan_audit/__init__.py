"""Is your gradient penalty right? Calls it on critics with known gradients, and names the published bug that it has.

    from gan_audit import audit_penalty

    print(audit_penalty(gradient_penalty, "torch"))  # "tensorflow", "jax"

Needs NumPy, and the framework that it is asked for.
"""

from gan_audit.bugs import Report
from gan_audit.penalty import audit_penalty
from gan_audit.step import audit_step

__all__ = ["Report", "audit_penalty", "audit_step"]
