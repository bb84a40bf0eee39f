"""A rule of a listener may validate tokens.

AWS: action `jwt-validation` since November 2025. moto: refuses it.
"""

from __future__ import annotations

from moto.elbv2 import models


def apply() -> None:
    """Takes the action as it comes: nothing passes through a listener here."""
    validate = models.ELBv2Backend._validate_actions

    def validate_the_others(backend: models.ELBv2Backend, actions: list[models.FakeAction]) -> None:
        validate(backend, [action for action in actions if action.type != 'jwt-validation'])

    models.ELBv2Backend._validate_actions = validate_the_others
