"""What is kept of the photo of a form: what it shows, the right way up, and nothing else."""

import hashlib
from contextlib import suppress

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageStat

from optins.consent import form_files
from optins.models import EvidenceFile
from tests.desk import pictures

MAKERS = {"image/jpeg": pictures.jpeg, "image/png": pictures.png}

FAINT = 12  # what JPEG itself makes of sharp edges between colours; of a turned page it is far more

pytestmark = pytest.mark.once


def difference(one, other):
    """How far two pictures are apart, on average: 0 to 255."""
    return max(ImageStat.Stat(ImageChops.difference(one.convert("RGB"), other.convert("RGB"))).mean)


@pytest.mark.parametrize("media_type", MAKERS)
def test_where_and_with_what_a_photo_was_taken_is_not_kept_and_the_digest_is_of_what_is(agent, media_type):
    taken = MAKERS[media_type]()
    assert pictures.GPS in taken
    agent.capture("health-tips", file=SimpleUploadedFile("form", taken))
    file = EvidenceFile.objects.get()
    content = bytes(file.content)
    assert not [secret for secret in pictures.SECRETS if secret in content]
    assert not dict(pictures.opened(content).getexif())
    assert (file.media_type, file.digest) == (media_type, hashlib.sha256(content).hexdigest())


@pytest.mark.parametrize("media_type", MAKERS)
@pytest.mark.parametrize("orientation", pictures.ORIENTATIONS)
def test_a_photo_stands_upright_however_the_camera_was_held(media_type, orientation):
    kept = pictures.opened(form_files.read(MAKERS[media_type](orientation)).content)
    assert kept.size == pictures.form().size
    assert difference(kept, pictures.form()) < FAINT


def test_a_photo_is_as_legible_as_it_was():
    # Noise is the hardest to keep.
    page = Image.effect_noise((400, 300), 60).convert("RGB")
    taken = pictures.opened(pictures.jpeg(page=page))
    kept = pictures.opened(form_files.read(pictures.jpeg(page=page)).content)
    assert kept.quantization == taken.quantization
    assert difference(kept, taken) < 1


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_a_scan_of_any_depth_is_kept_to_the_point(mode):
    page = Image.new(mode, (40, 30), 1)
    kept = pictures.opened(form_files.read(pictures.png(page=page)).content)
    assert (kept.mode, kept.tobytes()) == (mode, page.tobytes())


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_a_photo_in_grey_or_for_print_is_kept(mode):
    page = pictures.form().convert(mode)
    kept = pictures.opened(form_files.read(pictures.jpeg(page=page)).content)
    assert difference(kept, page) < FAINT


@pytest.mark.parametrize(
    "content",
    [b"\xff\xd8\xff\xe0 no photo", pictures.jpeg()[:700], b"\x89PNG\r\n\x1a\n none", pictures.png()[:300]],
)
def test_what_is_no_photo_is_refused_beside_the_field(agent, content):
    answer = agent.send(purposes=["health-tips"], noted="Reception", file=SimpleUploadedFile("a", content))
    assert answer.status_code == 422
    assert "This photo cannot be read" in answer.content.decode()
    assert 'id="file-error"' in answer.content.decode()
    assert not EvidenceFile.objects.exists()


def test_a_small_file_that_unfolds_to_a_huge_picture_is_refused_before_it_does():
    bomb = pictures.png(page=Image.new("1", (8000, 8000)))
    assert len(bomb) < 100_000
    with pytest.raises(form_files.FileRefused, match="more than 40 million points"):
        form_files.read(bomb)


def test_a_pdf_is_kept_as_it_is():
    content = b"%PDF-1.7 /Author (somebody)"
    assert form_files.read(content) == form_files.FormFile(content, "application/pdf")


@given(
    st.sampled_from([pictures.jpeg(6), pictures.png(6)]),
    st.lists(st.tuples(st.integers(3, 1200), st.integers(0, 255)), min_size=1, max_size=6),
)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_damaged_photo_is_read_or_refused_and_never_an_error(content, changes):
    damaged = bytearray(content)
    for place, value in changes:
        damaged[place % len(damaged)] = value
    with suppress(form_files.FileRefused):
        assert form_files.read(bytes(damaged)).content
