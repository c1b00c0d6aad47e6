"""Decodes photos as a user of Pillow would, one process per core, and prints the number of photos, then for each line
of its input the seconds of a round, by the clock and of CPU.

python3 pillow.py DIR SIZE PROCESSES

Per photo: read, set upright, the whole to SIZE×SIZE, the centre cell of its 3×3 grid to SIZE×SIZE, both appended as
bytes to a file of the process. draft() lets libjpeg decode large photos smaller, as far as the cell keeps its
resolution. A round is timed from the first photo to the last with the processes started and the modules loaded.
"""
import multiprocessing, os, sys, tempfile, time
from PIL import Image, ImageOps

size = int(sys.argv[2])
table = None  # the file of this process; gone with it


def begin():
    global table
    table = tempfile.TemporaryFile()


def decode(path):
    """The number of bytes made, and the seconds of CPU it took."""
    start = time.process_time()
    im = Image.open(path)
    im.draft("RGB", (3 * size, 3 * size))
    im = ImageOps.exif_transpose(im).convert("RGB")
    w, h = im.size
    whole = im.resize((size, size), Image.BILINEAR)
    cell = im.crop((w // 3, h // 3, 2 * w // 3, 2 * h // 3)).resize((size, size), Image.BILINEAR)
    if table.tell() > 1 << 28:
        table.seek(0)  # the next rounds write over it
    made = table.write(whole.tobytes()) + table.write(cell.tobytes())
    return made, time.process_time() - start


if __name__ == "__main__":
    ends = (".jpg", ".jpeg", ".png", ".webp")
    paths = sorted(os.path.join(d, f) for d, _, fs in os.walk(sys.argv[1]) for f in fs if f.lower().endswith(ends))
    with multiprocessing.Pool(int(sys.argv[3]), begin) as pool:
        pool.map(decode, paths[:64], chunksize=4)  # start the processes
        print(len(paths), flush=True)
        for line in sys.stdin:  # each line asks for a round
            start = time.perf_counter()
            done = list(pool.imap_unordered(decode, paths, chunksize=16))
            wall = time.perf_counter() - start
            assert sum(made for made, _ in done) == len(paths) * size * size * 6
            print(wall, sum(cpu for _, cpu in done), flush=True)
