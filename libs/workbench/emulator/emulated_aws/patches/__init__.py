"""Where moto differs from AWS in a way that a deployment meets: one module a gap, each with an `apply()`."""

from __future__ import annotations

import importlib
import pkgutil


def apply() -> None:
    """Applies every patch of this package."""
    for module in sorted(module.name for module in pkgutil.iter_modules(__path__)):
        importlib.import_module(f'{__name__}.{module}').apply()
