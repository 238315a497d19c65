"""The photo or scan of a form, as it is kept: what it shows, and not where or with what it was taken."""

import hashlib
import struct
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from PIL import ImageOps
from PIL.JpegImagePlugin import JpegImageFile, get_sampling
from PIL.PngImagePlugin import PngImageFile

from optins.models import ConsentRequest, EvidenceFile

LARGEST = 5 * 1024 * 1024  # bytes
# A small file may unfold to any size in memory. A page at 600 points to the inch has 35 million.
MOST_MILLIONS = 40
# How a file begins says what it is; its name says nothing.
_PHOTOS: dict[bytes, type[JpegImageFile | PngImageFile]] = {
    b"\xff\xd8\xff": JpegImageFile,
    b"\x89PNG\r\n\x1a\n": PngImageFile,
}
_PDF = b"%PDF-"
_UNREADABLE = (OSError, SyntaxError, ValueError, KeyError, IndexError, TypeError, EOFError, struct.error)


class FileRefused(Exception):
    """The file is too large, cannot be read, or is neither JPEG, PNG nor PDF."""


@dataclass(frozen=True, slots=True)
class FormFile:
    """What may be kept with a request."""

    content: bytes
    media_type: str


def read(content: bytes) -> FormFile:
    """What a photo or scan is, by its own bytes, and what may be kept of it. Raises FileRefused.

    A PDF is kept as it is, and with it what it says of itself.
    """
    if len(content) > LARGEST:
        raise FileRefused(f"The file is larger than {LARGEST // 1024**2} MB. Take a smaller photo.")
    if content.startswith(_PDF):
        return FormFile(content, "application/pdf")
    for beginning, kind in _PHOTOS.items():
        if content.startswith(beginning):
            return FormFile(_bare(content, kind), f"image/{kind.format.lower()}")
    raise FileRefused("Attach a photo (JPEG or PNG) or a PDF.")


def attach(request: ConsentRequest, file: FormFile) -> EvidenceFile:
    """Keep it with the request; what the code leads to names it."""
    return EvidenceFile.objects.create(
        request=request,
        media_type=file.media_type,
        digest=hashlib.sha256(file.content).hexdigest(),
        content=file.content,
    )


def _bare(content: bytes, kind: type[JpegImageFile | PngImageFile]) -> bytes:
    """The picture alone, saved anew: what else the file held, before it or behind, is left behind."""
    try:
        with kind(BytesIO(content)) as image:
            if image.width * image.height > MOST_MILLIONS * 1_000_000:
                raise FileRefused(
                    f"The photo has more than {MOST_MILLIONS} million points. Take a smaller one."
                )
            return _saved(image)
    except _UNREADABLE as error:
        raise FileRefused("This photo cannot be read. Take it anew, or attach a PDF.") from error


def _saved(image: JpegImageFile | PngImageFile) -> bytes:
    """Upright: how the camera was held is among what goes."""
    ImageOps.exif_transpose(image, in_place=True)
    image.info = {name: value for name, value in image.info.items() if name == "transparency"}
    saved = BytesIO()
    image.save(saved, image.format, **_as_fine(image))
    return saved.getvalue()


def _as_fine(image: JpegImageFile | PngImageFile) -> dict[str, Any]:
    """A JPEG is written with its own tables, so that next to nothing is lost; a PNG loses nothing."""
    if not isinstance(image, JpegImageFile):
        return {}
    tables = [table for _, table in sorted(image.quantization.items())]
    return {"qtables": tables, "subsampling": get_sampling(image)}
