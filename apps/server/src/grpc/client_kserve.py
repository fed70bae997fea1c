"""KServe's client over gRPC against a server: python client_kserve.py HOST:PORT MODEL ROWS.json, ROWS being what the model takes.

Prints what it got, as JSON.
"""

import asyncio
import json
import sys

import grpc
import numpy as np
from kserve import InferenceGRPCClient, InferInput, InferRequest

address, model, rows = sys.argv[1], sys.argv[2], np.array(json.load(open(sys.argv[3])), dtype=np.float32)
got = {}


async def ask() -> None:
    async with InferenceGRPCClient(address) as client:
        assert await client.is_server_live() and await client.is_server_ready()
        assert await client.is_model_ready(model)
        for kind in ("contents", "raw"):
            tensor = InferInput("samples", list(rows.shape), "FP32")
            tensor.set_data_from_numpy(rows, binary_data=kind == "raw")
            answer = await client.infer(InferRequest(model, [tensor], request_id="eight"))
            assert answer.id == "eight"
            score = next(each for each in answer.outputs if each.name == "score")
            got[kind] = score.as_numpy().tolist()
        tensor = InferInput("samples", list(rows.shape), "FP32", rows)
        try:
            await client.infer(InferRequest("nobody", [tensor]))
            raise SystemExit("an error was expected")
        except grpc.RpcError as error:
            got["unknown"] = error.code().name


asyncio.run(ask())
json.dump(got, sys.stdout)
