"""One demo for each module that walks through it."""

from collections.abc import Iterator

import pytest

from tests.walk.demo import Demo


@pytest.fixture(scope="module")
def demo(tmp_path_factory) -> Iterator[Demo]:
    demo = Demo(tmp_path_factory.mktemp("demo"))
    try:
        demo.start()
        yield demo
    finally:
        demo.close()
