"""Photos of a form as a telephone takes them: with where, when and with what."""

from io import BytesIO

from PIL import ExifTags, Image, PngImagePlugin

GPS, SERIAL, MAKER = b"31 deg S", b"SN-4711-0815", b"Maker of cameras"
SECRETS = (GPS, SERIAL, MAKER, b"Exif", b"a comment", b"a profile", b"a film behind it")
ORIENTATIONS = range(1, 9)
_CORNERS = {(0, 0): "red", (1, 0): "lime", (0, 1): "blue", (1, 1): "white"}


def form(width: int = 96, height: int = 64) -> Image.Image:
    """A page with a colour in each corner, so that one sees how it lies."""
    page = Image.new("RGB", (width, height))
    for (column, row), colour in _CORNERS.items():
        half = (width // 2, height // 2)
        page.paste(Image.new("RGB", half, colour), (column * half[0], row * half[1]))
    return page


def lying(orientation: int) -> Image.Image:
    """The page as a camera stores it that says this of how it was held."""
    back = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    return form().transpose(back[orientation]) if orientation in back else form()


def told(orientation: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Make] = MAKER.decode()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.BodySerialNumber] = SERIAL.decode()
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSAreaInformation] = GPS
    return exif


def jpeg(orientation: int = 1, page: Image.Image | None = None) -> bytes:
    kept = BytesIO()
    (page or lying(orientation)).save(
        kept,
        "JPEG",
        quality=88,
        exif=told(orientation),
        comment=b"a comment",
        icc_profile=b"a profile",
    )
    return kept.getvalue() + b"a film behind it"


def png(orientation: int = 1, page: Image.Image | None = None) -> bytes:
    kept, texts = BytesIO(), PngImagePlugin.PngInfo()
    texts.add_text("Comment", "a comment")
    (page or lying(orientation)).save(kept, "PNG", exif=told(orientation), pnginfo=texts)
    return kept.getvalue() + b"a film behind it"


def opened(content: bytes) -> Image.Image:
    found = Image.open(BytesIO(content))
    found.load()
    return found
