"""A server as one writes it in Python: FastAPI, uvicorn and onnxruntime, for the requests of the bench, JSON or binary.

    python python_server.py MODEL.onnx PORT THREADS
"""

import json
import os
import sys

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

import numpy
import onnxruntime
import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool

path, port, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = threads
session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
types = {"UINT8": numpy.uint8, "FP32": numpy.float32}
app = FastAPI()


@app.post("/v2/models/model/infer")
async def infer(request: Request) -> Response:
    body = await request.body()
    length = request.headers.get("inference-header-content-length")
    end = len(body) if length is None else int(length)
    (tensor,) = json.loads(body[:end])["inputs"]
    dtype, shape = types[tensor["datatype"]], tensor["shape"]
    if length is None:
        samples = numpy.array(tensor["data"], dtype).reshape(shape)
    else:
        samples = numpy.frombuffer(body, dtype, offset=end).reshape(shape)
    (score,) = await run_in_threadpool(session.run, ["score"], {"samples": samples})
    output = {"name": "score", "datatype": "FP32", "shape": list(score.shape)}
    if length is None:
        answer = {"model_name": "model", "outputs": [{**output, "data": score.tolist()}]}
        return Response(json.dumps(answer), media_type="application/json")
    output["parameters"] = {"binary_data_size": score.nbytes}
    head = json.dumps({"model_name": "model", "outputs": [output]}).encode()
    headers = {"Inference-Header-Content-Length": str(len(head))}
    return Response(head + score.tobytes(), media_type="application/octet-stream", headers=headers)


uvicorn.run(app, host="127.0.0.1", port=port, access_log=False, log_level="warning")
