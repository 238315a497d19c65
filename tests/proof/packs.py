"""Packs unzipped and checked: here in the same process, and by a Python that knows nothing of the project."""

import io
import os
import subprocess
import sys
import zipfile

from django.utils import timezone

from optins.consent import evidence_pack
from optins.consent.evidence_pack import verify


def asked(organisation, **more):
    return evidence_pack.Asked(organisation, timezone.now(), **more)


def unzipped(data, folder):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        archive.extractall(folder)
    return folder


def pack_of(contact, folder, **more):
    return unzipped(evidence_pack.pack(contact, asked(contact.organisation, **more)), folder)


def refused(folder, *keys):
    return verify.check(folder, keys).wrong


def run_alone(folder, *arguments):
    """``python verify.py`` as a stranger runs it: isolated, elsewhere, nothing of the project in reach."""
    words = [sys.executable, "-I", "verify.py", *arguments]
    return subprocess.run(
        words, cwd=folder, env={"PATH": os.defpath}, capture_output=True, text=True, check=False
    )
