"""Judges an exported model: onnx's full checker, then onnxruntime's scores beside the trainer's.

    python export_oracle.py MODEL SAMPLES SCORES

SAMPLES is an IDX file of uint8 images (count×height×width); SCORES a JSON list of numbers, or what
`memae score … --json` prints. Prints one line of JSON, {"samples", "worst"}: how many samples, and the largest
relative difference of a score. Exits with 1 where the model is invalid or a score differs by more than 1e-5.
Needs the Python packages onnx and onnxruntime.
"""

import json
import pathlib
import struct
import sys

import numpy as np
import onnx
import onnxruntime

TOLERANCE = 1e-5


def read_idx(path):
    content = pathlib.Path(path).read_bytes()
    kind, count, height, width = struct.unpack_from(">IIII", content)
    if kind != 0x00000803:
        sys.exit(f"{path} is no IDX file of uint8 images")
    return np.frombuffer(content, np.uint8, offset=16).reshape(count, 1, height, width)


def read_scores(path):
    document = json.loads(pathlib.Path(path).read_text())
    if isinstance(document, dict):
        document = [row["score"] for row in document["scores"]]
    return np.array(document, dtype=np.float64)


def main():
    path, samples, expected = sys.argv[1], read_idx(sys.argv[2]), read_scores(sys.argv[3])
    onnx.checker.check_model(onnx.load(path), full_check=True)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    (scores,) = session.run(["score"], {session.get_inputs()[0].name: samples})
    if scores.shape != expected.shape:
        sys.exit(f"{expected.shape} scores were expected, {scores.shape} came")
    worst = np.max(np.abs(scores - expected) / np.abs(expected))
    print(json.dumps({"samples": len(expected), "worst": float(worst)}))
    if not worst <= TOLERANCE:
        sys.exit(f"The scores differ by up to {worst:.1e} relative; {TOLERANCE:.0e} is allowed")


if __name__ == "__main__":
    main()
