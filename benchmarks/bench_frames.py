"""How long a frame takes: next, back, random, with and without the proxy.

Run with ``python -m benchmarks.bench_frames``. A 1080p clip with a key frame every 600 frames,
grain and moving texture is made once (about 8 Mbit/s); every picture carries its number, and a
picture that shows another number than asked for is counted as wrong.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import tempfile
import time
from collections.abc import Callable, Iterable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import psutil

from talpose_app.video.encode import decode_jpeg
from talpose_app.video.pixels import RgbFrame
from talpose_app.video.reader import VideoReader

WIDTH, HEIGHT, FPS, GOP = 1920, 1080, 30, 600
SCREEN = (1280, 720)
N_BITS, BIT_PX = 16, 60


def main() -> None:
    """Make the clip, measure, print a table or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=1800, help="length of the clip")
    parser.add_argument("--random", type=int, default=24, help="random frames without the proxy")
    parser.add_argument("--clip", type=Path, help="keep the clip here, or use the one that is there")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        clip = options.clip or Path(folder) / "clip.mp4"
        if not clip.exists():
            make_clip(clip, options.frames)
        results = measure(clip, Path(folder), options.random)
    if options.json:
        print(json.dumps(results, indent=1))
    else:
        for name, value in results.items():
            print(f"{name:34} {value}")


def make_clip(path: Path, n_frames: int) -> None:
    """Encode the clip.

    Args:
        path: File to write.
        n_frames: Its length.
    """
    rng = np.random.default_rng(0)
    texture = rng.integers(60, 190, (HEIGHT // 8, WIDTH // 4, 3), dtype=np.uint8)
    ground = np.kron(texture, np.ones((8, 8, 1), np.uint8))
    grain = rng.integers(0, 12, (HEIGHT * 2, WIDTH, 1), dtype=np.uint8)
    options = {
        "preset": "veryfast",
        "b": "8M",
        "x264-params": f"keyint={GOP}:min-keyint={GOP}:scenecut=0:bframes=3",
    }
    with av.open(str(path), "w") as output:
        stream = output.add_stream("libx264", rate=FPS, options=options)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.codec_context.time_base = Fraction(1, FPS)
        for frame_idx in range(n_frames):
            shift = frame_idx * 3 % WIDTH
            top = int(rng.integers(HEIGHT))
            rgb = ground[:, shift : shift + WIDTH] + grain[top : top + HEIGHT]
            draw_number(rgb, frame_idx)
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb), format="rgb24")
            frame.pts = frame_idx
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))


def draw_number(rgb: RgbFrame, number: int) -> None:
    """Write a number as black and white fields along the top.

    Args:
        rgb: Shape (height, width, 3), uint8; changed.
        number: Below 2 ** 16.
    """
    for bit in range(N_BITS):
        rgb[:BIT_PX, bit * BIT_PX : (bit + 1) * BIT_PX] = 235 * (number >> bit & 1)


def read_number(rgb: RgbFrame) -> int:
    """Read the number of a picture of any size."""
    scale = rgb.shape[1] / WIDTH
    row = round(BIT_PX / 2 * scale)
    cols = [round((bit + 0.5) * BIT_PX * scale) for bit in range(N_BITS)]
    return sum(int(rgb[row, col].mean() > 117) << bit for bit, col in enumerate(cols))


def measure(clip: Path, folder: Path, n_random: int) -> dict[str, object]:
    """Run every measurement.

    Args:
        clip: The video.
        folder: For the proxy.
        n_random: Random frames without the proxy, each of which takes seconds.

    Returns:
        Name of each figure and its value; times in milliseconds as "p50 / p95 / max".
    """
    results: dict[str, object] = {}
    process = psutil.Process(os.getpid())
    began = time.perf_counter()
    reader = VideoReader.open(clip)
    n_frames = reader.info.n_frames
    mbit_s = clip.stat().st_size * 8 / reader.info.duration_s / 1e6
    results["clip"] = f"{n_frames} frames {WIDTH}x{HEIGHT}, {mbit_s:.1f} Mbit/s"
    results["open_ms"] = round((time.perf_counter() - began) * 1000)
    wrong = 0

    def jpeg(frame_idx: int) -> bytes:
        return reader.jpeg(frame_idx, SCREEN)

    def timed(name: str, frame_idxs: Iterable[int], ask: Callable[[int], bytes]) -> None:
        nonlocal wrong
        times: list[float] = []
        for frame_idx in frame_idxs:
            start = time.perf_counter()
            picture = ask(frame_idx)
            times.append((time.perf_counter() - start) * 1000)
            wrong += read_number(decode_jpeg(picture)) != frame_idx
        p50, p95 = np.percentile(times, [50, 95])
        results[name] = f"{p50:.1f} / {p95:.1f} / {max(times):.1f}"

    order = random.Random(0)  # noqa: S311  # the same frames in every run
    timed("next frame", range(150), jpeg)
    timed("back within the cache", range(148, 50, -1), jpeg)
    timed("random, no proxy", [order.randrange(n_frames) for _ in range(n_random)], jpeg)
    results["preview_of_random_ms"] = time_previews(reader, order)
    proxy = reader.start_proxy(folder=folder)
    if proxy is not None:
        began = time.perf_counter()
        proxy.wait()
        seconds = time.perf_counter() - began
        n_bytes = sum(file.stat().st_size for file in folder.glob("*.mjpeg"))
        results["proxy"] = (
            f"{seconds:.1f} s, {n_frames / seconds:.0f} fps, {n_bytes / n_frames / 1000:.0f} kB a frame"
        )
        timed("random, with proxy", [order.randrange(n_frames) for _ in range(400)], jpeg)
        timed("back, with proxy", range(n_frames - 1, n_frames - 200, -1), jpeg)
    results["wrong frames"] = wrong
    results["resident_mb"] = round(process.memory_info().rss / 1e6)
    reader.close()
    return results


def time_previews(reader: VideoReader, order: random.Random) -> str:
    """Time what is shown at once for random frames without a proxy."""
    times: list[float] = []
    for _ in range(40):
        start = time.perf_counter()
        reader.preview(order.randrange(reader.info.n_frames), SCREEN)
        times.append((time.perf_counter() - start) * 1000)
    p50, p95 = np.percentile(times, [50, 95])
    return f"{p50:.1f} / {p95:.1f} / {max(times):.1f}"


if __name__ == "__main__":
    main()
