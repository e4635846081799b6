"""What config.json keeps of an optimizer is enough to make it again."""

import json

import keras
import pytest

from wgan_utils.runs.setup import optimizer_from, optimizer_settings

SCHEDULE = keras.optimizers.schedules.CosineDecay(1e-3, decay_steps=300)


@pytest.mark.parametrize("rate", [5e-5, SCHEDULE], ids=["fixed", "falling"])
def test_an_optimizer_survives_json(rate):
    settings = json.loads(json.dumps(optimizer_settings(keras.optimizers.Adam(rate, 0.5, 0.9))))
    again = optimizer_from(settings)
    assert optimizer_settings(again) == settings
    assert (float(again.beta_1), float(again.beta_2)) == (0.5, 0.9)
    for step in (0, 150, 300):
        again.iterations.assign(step)
        wanted = rate if isinstance(rate, float) else float(rate(step))
        assert float(again.learning_rate) == pytest.approx(wanted, rel=1e-6)
