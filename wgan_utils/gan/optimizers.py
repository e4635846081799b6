"""RMSProp as the code of Arjovsky et al. (2017) has it."""

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable("wgan_utils")
class PaperRMSprop(keras.optimizers.RMSprop):
    """RMSProp whose ε stands outside of the root: θ ← θ − α·g / (√v + ε) with v ← ρ·v + (1 − ρ)·g².

    Keras adds ε to v. Its default of 1e-7 is then 3e-4 beside √v, many times the gradients of a clipped critic.
    """

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Update one variable."""
        rate, gradient = (ops.cast(value, variable.dtype) for value in (learning_rate, gradient))
        velocity = self._velocities[self._get_variable_index(variable)]
        self.assign(velocity, self.rho * velocity + (1 - self.rho) * ops.square(gradient))
        self.assign_sub(variable, rate * gradient / (ops.sqrt(velocity) + self.epsilon))


def paper_rmsprop(rate: Any) -> PaperRMSprop:
    """Return RMSProp as the WGAN's authors use it, which is PyTorch's: ρ = 0.99, and ε = 1e-8 outside of the root.

    Args:
        rate: the learning rate α, a number or a schedule; the paper's is 5e-5.
    """
    return PaperRMSprop(rate, rho=0.99, epsilon=1e-8)
