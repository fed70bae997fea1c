"""Judges ONNX models that the package @memae/onnx wrote: onnx's full checker, then onnxruntime's numbers.

    python onnx_oracle.py FOLDER

FOLDER/cases.json is a list of {"model", "feeds", "expected"}: a file in FOLDER, and arrays by name as
{"dtype", "shape", "data"}. Prints a JSON list with one entry a case: null, or what is wrong with it.
Needs the Python packages onnx and onnxruntime.
"""

import json
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime


def array(stored):
    return np.array(stored["data"], dtype=stored["dtype"]).reshape(stored["shape"])


def judge(folder, case):
    path = str(folder / case["model"])
    try:
        onnx.checker.check_model(onnx.load(path), full_check=True)
        session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        names = [output.name for output in session.get_outputs()]
        feeds = {name: array(value) for name, value in case["feeds"].items()}
        actual = dict(zip(names, session.run(names, feeds)))
        for name, stored in case["expected"].items():
            wanted = array(stored)
            if actual[name].dtype != wanted.dtype:
                return f"{name} is {actual[name].dtype}, not {wanted.dtype}"
            if actual[name].shape != wanted.shape:
                return f"{name} has shape {actual[name].shape}, not {wanted.shape}"
            np.testing.assert_allclose(actual[name], wanted, rtol=1e-5, atol=1e-6, err_msg=name)
    except Exception as error:  # every failure belongs in the list, whatever its kind
        return f"{type(error).__name__}: {error}"
    return None


def main():
    folder = pathlib.Path(sys.argv[1])
    cases = json.loads((folder / "cases.json").read_text())
    json.dump([judge(folder, case) for case in cases], sys.stdout)


if __name__ == "__main__":
    main()
