"""The OpenAPI document is true: whatever schemathesis makes of it is answered as it says, and never with a 5xx.

`--api-examples N` tries N requests an operation (make fuzz for the API, so to say); by default a few.
"""

from __future__ import annotations

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core.result import Ok

from .conftest import Served, mounted


@pytest.mark.timeout(1200)
def test_every_answer_is_as_documented(shown: Served, request: pytest.FixtureRequest) -> None:
    examples = request.config.getoption("--api-examples")
    assert examples
