"""All that training changes in a model, taken out and put back: what a checkpoint holds."""

from collections.abc import Mapping

import keras
import numpy as np
from keras import ops

from wgan_utils.errors import Refused


class Restorable:
    """Adds `state` and `restore` to a `keras.Model` with two optimizers, `optimizer` and `generator_optimizer`."""

    variables: list[keras.Variable]
    steps_done: keras.Variable
    optimizer: keras.Optimizer
    generator_optimizer: keras.Optimizer

    def state(self) -> dict[str, np.ndarray]:
        """Return all that training changes: both networks, both optimizers, every random state, the step."""
        return {
            f"{i:04d} {variable.name}": ops.convert_to_numpy(variable)
            for i, variable in enumerate(self._changing_variables())
        }

    def check(self, state: Mapping[str, np.ndarray], step: int | None = None) -> None:
        """Raise a ValueError unless `state` is of such a model and optimizers, and of that step if one is given."""
        # By place and shape, not by name: Keras counts layers through a session, so that the same network built
        # a second time has other names in its optimizer.
        variables, names = self._changing_variables(), sorted(state)
        wanted = [(tuple(v.shape), _kind(v.dtype)) for v in variables]
        given = [(state[name].shape, _kind(state[name].dtype.name)) for name in names]
        if wanted != given:
            odd = [name[5:] for name, a, b in zip(names, wanted, given, strict=False) if a != b]
            raise Refused(
                f"The checkpoint does not fit this model and its optimizers: it has {len(given)} arrays, and "
                f"{len(wanted)} are needed{f'; the first that differs is {odd[0]!r}' if odd else ''}. "
                "Build them as they were when it was made."
            )
        held = int(state[names[[v is self.steps_done for v in variables].index(True)]])
        if step is not None and held != step:
            raise Refused(f"it holds step {held}: it was renamed, or written by something else")

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Set everything that `state` returned.

        Raises:
            ValueError: when the state belongs to another model or optimizer, before anything is changed.
        """
        self.check(state)
        for variable, name in zip(self._changing_variables(), sorted(state), strict=True):
            variable.assign(state[name])

    def _changing_variables(self) -> list:
        everything = [*self.variables, *self.optimizer.variables, *self.generator_optimizer.variables]
        return list({id(v): v for v in everything}.values())


def _kind(dtype: str) -> str:
    """Floats and whole numbers by what they are: backends keep the latter in types of their own."""
    return next((kind for kind in ("float", "int") if kind in dtype), dtype)
