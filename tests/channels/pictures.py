"""Pictures as grey bytes, for a reader of QR codes, without an imaging library."""

import base64
import math
import re
import struct
import zlib

import zxingcpp

# Draws a screenshot and gives one grey byte for each of its pixels, row by row, in base64.
GREY = """async (data) => {
    const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${data}`)).blob());
    const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
    canvas.drawImage(image, 0, 0);
    const { data: bytes } = canvas.getImageData(0, 0, image.width, image.height);
    const rows = [];
    for (let row = 0; row < image.height; row++) {
        const greens = bytes.subarray(row * image.width * 4, (row + 1) * image.width * 4);
        rows.push(String.fromCharCode(...greens.filter((_, place) => place % 4 === 1)));
    }
    return { width: image.width, grey: btoa(rows.join("")) };
}"""
QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)


def read(picture):
    """The only code in a picture."""
    (found,) = zxingcpp.read_barcodes(picture, formats=QR, try_invert=False)
    return found


def grey(rows):
    return memoryview(b"".join(map(bytes, rows))).cast("B", (len(rows), len(rows[0])))


def pixels(screenshot, browser):
    """What a browser took, drawn by it again."""
    with browser.new_context() as context:
        drawn = context.new_page().evaluate(GREY, base64.b64encode(screenshot).decode())
    data, width = base64.b64decode(drawn["grey"]), drawn["width"]
    return grey([data[start : start + width] for start in range(0, len(data), width)])


def from_png(data):
    """A PNG of one bit a pixel, as segno writes it: not interlaced, each row plain or as the one above."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    width, height, depth, kind, _compression, _filter, interlace = struct.unpack(">IIBBBBB", data[16:29])
    assert (depth, kind, interlace) == (1, 0, 0)
    size = math.ceil(width / 8) + 1
    packed = zlib.decompress(b"".join(_chunks(data, b"IDAT")))
    rows, above = [], bytes(size - 1)
    for start in range(0, size * height, size):
        how, row = packed[start], packed[start + 1 : start + size]
        assert how in (0, 2)
        above = bytes((a + b) % 256 for a, b in zip(row, above, strict=True)) if how == 2 else row
        rows.append(_bits(above)[:width])
    return grey(rows)


def _chunks(data, wanted):
    place = 8
    while place < len(data):
        length, name = struct.unpack(">I4s", data[place : place + 8])
        if name == wanted:
            yield data[place + 8 : place + 8 + length]
        place += 12 + length


def _bits(row):
    return bytes(255 if byte >> bit & 1 else 0 for byte in row for bit in range(7, -1, -1))


def from_svg(text, scale=6):
    """An SVG as segno draws it: a white ground and black strokes, one module high."""
    (side,) = map(int, re.findall(r'fill="#fff" d="M0 0h(\d+)v\1h-\1z"', text))
    rows = [bytearray(b"\xff" * side) for _ in range(side)]
    (strokes,) = re.findall(r'stroke="#000"[^>]* d="([^"]+)"', text)
    x = y = 0.0
    for command, arguments in re.findall(r"([Mmh])([-\d. ]+)", strokes):
        dx, dy = [float(n) for n in re.findall(r"-?[\d.]+", arguments)] + [0.0] * (command == "h")
        if command == "h":
            rows[int(y)][int(x) : int(x + dx)] = bytes(int(dx))
        x, y = (dx, dy) if command == "M" else (x + dx, y + dy)
    return grey([bytes(b for b in row for _ in range(scale)) for row in rows for _ in range(scale)])


def worn(picture, degrees=17, blur=2):
    """Turned on a white table, and out of focus."""
    size = picture.shape[0]
    turned = _turned(picture, size, math.radians(degrees))
    return grey([[_mean(turned, x, y, blur) for x in range(size)] for y in range(size)])


def _turned(picture, size, angle):
    middle, cos, sin = size / 2, math.cos(angle) * 1.45, math.sin(angle) * 1.45

    def dot(x, y):
        across, down = x - middle, y - middle
        from_x = int(across * cos + down * sin + middle)
        from_y = int(down * cos - across * sin + middle)
        inside = 0 <= from_x < size and 0 <= from_y < size
        return picture[from_y, from_x] if inside else 255

    return [[dot(x, y) for x in range(size)] for y in range(size)]


def _mean(rows, x, y, reach):
    near = [row[max(0, x - reach) : x + reach + 1] for row in rows[max(0, y - reach) : y + reach + 1]]
    return sum(map(sum, near)) // sum(map(len, near))
