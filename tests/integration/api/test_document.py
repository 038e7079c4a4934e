"""The OpenAPI document is true: what schemathesis makes of it is answered as it says, and never with a 5xx.

By default a few requests an operation; `pytest tests/integration/api/test_document.py --api-examples 500` tries more.
"""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import negative_data_rejection

from .conftest import EVERYTHING, LETTER, Served, mounted

BASE = "http://127.0.0.1/api"
# what this one has spoilt may vanish on the way (an empty list in a query, a header that the test sets): the request is
# then a good one; what is bad is refused in test_refusals
UNFIT = [negative_data_rejection]


@schemathesis.serializer(LETTER)
def as_it_is(_context: Any, value: Any) -> bytes:
    """A raw message is sent as it was made up."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")


def requests_of(operation: Any, references: list[str]) -> st.SearchStrategy[Case]:
    """Good requests and bad ones, half of them about what is really there."""
    real = {"code": st.sampled_from(["IRL", "KEN"]), "reference": st.sampled_from(references)}
    named = {name: values for name, values in real.items() if f"{{{name}}}" in operation.path}
    modes = [operation.as_strategy(generation_mode=mode) for mode in GenerationMode]
    if not named:
        return st.one_of(modes)
    known = st.fixed_dictionaries(named).flatmap(lambda path: operation.as_strategy(path_parameters=path))
    return st.one_of(*modes, known)


@pytest.mark.timeout(3600)
def test_every_answer_is_as_documented(served: Served, request: pytest.FixtureRequest) -> None:
    site = mounted(served.app)
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", site, headers={"Host": "127.0.0.1"})
    headers = {"Authorization": f"Bearer {served.tokens[EVERYTHING]}"}
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    assert len(operations) == schema.statistic.operations.total
    for operation in operations:

        @settings(
            max_examples=request.config.getoption("--api-examples"), deadline=None, database=None,
            phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck), derandomize=True,
        )  # fmt: skip
        @given(case=requests_of(operation, list(served.references.values())))
        def examine(case: Case) -> None:
            case.call_and_validate(base_url=BASE, headers=headers, excluded_checks=UNFIT)

        examine()
