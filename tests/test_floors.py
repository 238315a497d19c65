"""Imports point down only and in no circle; a new channel, provider or sender touches one existing file."""

import ast
import graphlib
from pathlib import Path

import pytest

from channels_capture import registry
from optins import senders
from optins.models import CaptureChannel, Sender
from tests import sources

pytestmark = pytest.mark.once

# The highest floor first; what stands beside another may import it.
FACES = "admin api apps audit checks erasing imports management pages retention roles tasks visitors"
FLOORS = [
    {"config"},
    {"channels_capture"},
    {f"optins.{face}" for face in FACES.split()},
    {"optins.sync", "optins.senders"},
    {"optins.consent"},
    {"optins.models"},
]
SANDBOX = "sandbox"


def floor_of(module):
    """0 at the top; None for what is not ours. Raises KeyError for what is ours and on no floor."""
    parts = module.split(".")
    if parts[0] not in sources.TOPS or parts[0] == SANDBOX or module == "optins":
        return None
    home = ".".join(parts[:2]) if parts[0] == "optins" else parts[0]
    return {name: place for place, floor in enumerate(FLOORS) for name in floor}[home]


def pointing_up(module, tree, *, is_package=False):
    """Each import of the module that points up, or into or out of the sandbox."""
    found = []
    for line, imported in sources.imports(tree, module, is_package=is_package):
        top, own_top = imported.split(".")[0], module.split(".")[0]
        if top not in sources.TOPS:
            continue
        if SANDBOX in (top, own_top):
            wrong = top != own_top
        else:
            own, other = floor_of(module), floor_of(imported)
            wrong = own is not None and other is not None and other < own
        if wrong:
            found.append(f"{module}:{line} imports {imported}")
    return found


def test_every_import_points_down():
    found = [
        wrong
        for module, tree in sources.modules().items()
        for wrong in pointing_up(module, tree, is_package=_is_package(module))
    ]
    assert found == []


def test_every_module_stands_on_a_floor():
    assert len([name for name in sources.modules() if floor_of(name) is not None]) > 50


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("optins.models.purpose", "from optins.consent import fold"),
        ("optins.models.purpose", "from ..consent import fold"),
        ("optins.models.purpose", "from .. import sync"),
        ("optins.consent.fold", "def f():\n    from optins.api import gate"),
        ("optins.consent.fold", "import optins.sync.drain as drain"),
        ("optins.consent.fold", "from config.settings import DEMO"),
        ("optins.sync.drain", "class A:\n    def f(self):\n        import channels_capture.seed"),
        ("optins.api.gate", "import importlib\nimportlib.import_module('channels_capture.registry')"),
        ("optins.api.gate", "__import__('config.urls')"),
        ("channels_capture.views", "if True:\n    from config import urls"),
        ("channels_capture.views", "from sandbox import state"),
        ("config.demo", "import sandbox.server"),
        ("sandbox.state", "from optins.models import Contact"),
    ],
)
def test_an_import_that_points_up_is_found(module, source):
    assert len(pointing_up(module, ast.parse(source))) == 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("optins.models.base", "from django.conf import settings"),
        ("optins.consent.gate", "from optins.models import Contact\nfrom optins.consent import fold"),
        ("optins.consent.gate", "from . import fold\nfrom .signal import phone"),
        ("optins.api.gate", "from optins import tasks\nfrom optins.senders import base"),
        ("channels_capture.website.views", "from ..base import Kind\nfrom optins.consent import requests"),
        ("config.urls", "from channels_capture import views"),
        ("sandbox.state", "from sandbox import ids\nfrom . import people"),
    ],
)
def test_an_import_that_points_down_or_to_the_side_is_not(module, source):
    assert pointing_up(module, ast.parse(source)) == []


def test_a_module_that_stands_on_no_floor_is_noticed():
    with pytest.raises(KeyError):
        floor_of("optins.helpers")


# No circles


def circle_in(modules):
    """Modules that import one another in a circle, inside functions and for types too; None where none do."""
    found = {}
    for module, tree in modules.items():
        imported = sources.imports(tree, module, is_package=_is_package(module))
        found[module] = {_module_of(name, modules) for _line, name in imported} - {module}
    try:
        graphlib.TopologicalSorter(found).prepare()
    except graphlib.CycleError as error:
        return error.args[1]
    return None


def _module_of(name, modules):
    """What is imported from a module counts as that module; "" for what is not ours."""
    while name and name not in modules:
        name = name.rpartition(".")[0]
    return name


def test_no_modules_import_one_another_in_a_circle():
    assert circle_in(sources.modules()) is None


def test_a_circle_is_found():
    written = {
        "a": "from b import B",
        "b": "def f():\n    import c",
        "c": "if TYPE_CHECKING:\n    from a import A",
        "d": "import a",
    }
    assert set(circle_in({name: ast.parse(text) for name, text in written.items()})) == {"a", "b", "c"}
    written["c"] = "from os import path"
    assert circle_in({name: ast.parse(text) for name, text in written.items()}) is None


# One existing file


def importers(prefix):
    """The modules outside a folder that import anything of it."""
    return {
        module
        for module, tree in sources.modules().items()
        if not f"{module}.".startswith(f"{prefix}.")
        for _line, imported in sources.imports(tree, module, is_package=_is_package(module))
        if f"{imported}.".startswith(f"{prefix}.")
    }


def _is_package(module):
    return (sources.ROOT / module.replace(".", "/")).is_dir()


@pytest.mark.parametrize("kind", sorted(registry.KINDS))
def test_a_kind_of_channel_is_known_to_the_registry_alone(kind):
    assert (sources.ROOT / "channels_capture" / kind).is_dir()
    # One kind may build upon another: it does not make that one change.
    folders = (path.parent.name for path in (sources.ROOT / "channels_capture").glob("*/__init__.py"))
    others = tuple(f"channels_capture.{folder}." for folder in folders)
    found = {module for module in importers(f"channels_capture.{kind}") if not module.startswith(others)}
    assert found - PRINTED.get(kind, set()) == {"channels_capture.registry"}


# Sources of every kind are printed: their screen and their short address live with the QR code.
PRINTED = {"qr_code": {"channels_capture.admin", "channels_capture.urls"}}


@pytest.mark.parametrize("platform", sorted(senders.PLATFORMS))
def test_a_platform_is_known_to_its_registry_alone(platform):
    assert importers(f"optins.senders.{platform}") == {"optins.senders"}


@pytest.mark.parametrize("kind", sorted(registry.KINDS))
def test_a_provider_is_known_to_its_own_kind_alone(kind):
    folder = f"channels_capture.{kind}"
    for provider in registry.KINDS[kind].providers:
        assert importers(f"{folder}.{provider}") <= {folder}


@pytest.mark.parametrize(
    ("model", "field"), [(CaptureChannel, "kind"), (CaptureChannel, "provider"), (Sender, "platform")]
)
def test_what_a_registry_owns_has_no_choices_and_so_needs_no_migration(model, field):
    assert model._meta.get_field(field).choices is None


def test_the_parsed_sources_are_the_real_ones():
    assert Path(registry.__file__) == sources.ROOT / "channels_capture" / "registry.py"
    assert {"optins.consent.fold", "channels_capture.website", "config.settings", "sandbox"} <= set(
        sources.modules()
    )
