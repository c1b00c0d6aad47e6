"""Makes the photos of this folder and golden.json: what Pillow makes of them.

python3 golden.py      (Pillow 9.4, numpy)

For each photo: the upright size, and RGB pixels (base64) of the whole at 24×20 and of a region at 24×24, by
Image.resize(BILINEAR), over white where it is transparent. Pillow gives CMYK inverted as Adobe stores it, which it
converts by 255 − min(255, c + k); the decoder here uses (255 − c)(255 − k)/255, so that photo's goldens do as well.
"""
import base64, io, json
import numpy as np
from PIL import Image, ImageOps

W, H = 90, 60
REGION = (31, 12, 47, 30)
y, x = np.mgrid[0:H, 0:W].astype(float)
r = 128 + 100 * np.sin(x / 14) * np.cos(y / 19)
g = 255 * x / W
b = 255 * y / H
r[10:30, 20:45] = 230  # a block with edges
g[10:30, 20:45] = 60
upright = Image.fromarray(np.stack([r, g, b], -1).clip(0, 255).astype(np.uint8))
golden = {}


def pixels(im):
    return base64.b64encode(im.tobytes()).decode()


def expect(name, im):
    """im: upright, RGB"""
    region = tuple(min(v, (im.width, im.height)[i % 2]) for i, v in enumerate(REGION))
    golden[name] = {
        "width": im.width, "height": im.height, "region": region,
        "whole": pixels(im.resize((24, 20), Image.BILINEAR)),
        "cell": pixels(im.crop(region).resize((24, 24), Image.BILINEAR)),
    }


def over_white(im):
    im = im.convert("RGBA")
    white = Image.new("RGBA", im.size, (255, 255, 255, 255))
    return Image.alpha_composite(white, im).convert("RGB")


def save(name, im, look=None, **kw):
    im.save(name, **kw)
    back = Image.open(name)
    back.load()
    if not name.endswith(".tiff"):  # Pillow 9.4 turns those while it loads them
        back = ImageOps.exif_transpose(back)
    expect(name, look(back) if look else back.convert("RGB"))


def exif(o):
    e = Image.Exif()
    e[0x0112] = o
    return e


# The stored pixels that orientation o sets upright.
STORED = {
    1: lambda im: im, 2: lambda im: im.transpose(Image.FLIP_LEFT_RIGHT), 3: lambda im: im.transpose(Image.ROTATE_180),
    4: lambda im: im.transpose(Image.FLIP_TOP_BOTTOM), 5: lambda im: im.transpose(Image.TRANSPOSE),
    6: lambda im: im.transpose(Image.ROTATE_90), 7: lambda im: im.transpose(Image.TRANSVERSE),
    8: lambda im: im.transpose(Image.ROTATE_270),
}
for o, store in STORED.items():
    save(f"orientation{o}.jpg", store(upright), quality=90, subsampling=0, exif=exif(o))

save("420.jpg", upright, quality=90, subsampling=2)
save("422.jpg", upright, quality=90, subsampling=1)
save("progressive.jpg", upright, quality=90, subsampling=2, progressive=True)
save("grey.jpg", upright.convert("L"), quality=90)


def cmyk_look(im):
    a = 255 - np.asarray(im).astype(int)
    return Image.fromarray(((a[..., :3] * a[..., 3:] + 127) // 255).astype(np.uint8))


save("cmyk.jpg", upright.convert("CMYK"), look=cmyk_look, quality=90)

save("rgb.png", upright)
save("palette.png", upright.quantize(32))
alpha = upright.convert("RGBA")
alpha.putalpha(Image.fromarray((255 * (1 - x / W)).astype(np.uint8)))
save("alpha.png", alpha, look=over_white)
p = upright.quantize(16)
save("palette-transparent.png", p, look=over_white, transparency=p.getpixel((30, 20)))
save("grey16.png", Image.fromarray((x / W * 65535).astype(np.uint16)),
     look=lambda im: Image.fromarray((np.asarray(im).astype(int) >> 8).astype(np.uint8)).convert("RGB"))
save("bilevel.png", upright.convert("1"))
save("exif6.png", STORED[6](upright), exif=exif(6))

save("lossy.webp", upright, quality=90)
save("lossless.webp", upright, lossless=True)
save("alpha.webp", alpha, look=over_white, quality=90)
save("exif8.webp", STORED[8](upright), quality=90, exif=exif(8))

save("frame.gif", upright.quantize(64))
save("photo.bmp", upright)
save("exif3.tiff", STORED[3](upright), tiffinfo=exif(3), compression="tiff_lzw")

json.dump(golden, open("golden.json", "w"), indent=0, sort_keys=True)
