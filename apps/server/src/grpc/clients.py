"""The protocol's own gRPC clients against a server: python clients.py HOST:PORT MODEL ROWS.json, ROWS being what the model takes.

Prints what they got, as JSON; fails where one of them does.
"""

import asyncio
import json
import queue
import sys

import grpc
import numpy as np
import tritonclient.grpc as triton
from google.protobuf.json_format import MessageToDict
from kserve import InferenceGRPCClient, InferInput, InferRequest
from tritonclient.utils import InferenceServerException

address, model, rows = sys.argv[1], sys.argv[2], np.array(json.load(open(sys.argv[3])), dtype=np.float32)
got = {}

with triton.InferenceServerClient(address) as client:
    assert client.is_server_live() and client.is_server_ready() and client.is_model_ready(model)
    got["server"] = client.get_server_metadata(as_json=True)
    got["model"] = client.get_model_metadata(model, as_json=True)
    got["index"] = client.get_model_repository_index(as_json=True)["models"]
    tensor = triton.InferInput("samples", list(rows.shape), "FP32")
    tensor.set_data_from_numpy(rows)
    output = triton.InferRequestedOutput("score")
    answer = client.infer(model, [tensor], outputs=[output], request_id="seven", model_version="1")
    assert answer.get_response().id == "seven"
    got["triton raw"] = answer.as_numpy("score").tolist()
    # Lists of elements, which this client reads but does not write.
    request = triton.service_pb2.ModelInferRequest(model_name=model)
    listed = request.inputs.add(name="samples", datatype="FP32", shape=rows.shape)
    listed.contents.fp32_contents.extend(rows.ravel().tolist())
    answer = triton.InferResult(client._client_stub.ModelInfer(request))
    got["triton contents"] = answer.as_numpy("score").tolist()
    got["outputs"] = [each.name for each in client.infer(model, [tensor]).get_response().outputs]

    answers = queue.Queue()
    together = 8
    for _ in range(together):
        client.async_infer(model, [tensor], lambda result, error: answers.put(error or result))
    got["together"] = [answers.get(timeout=20).as_numpy("score").tolist() for _ in range(together)]
    client.start_stream(lambda result, error: answers.put(error or result))
    for name in (model, "nobody", model):
        client.async_stream_infer(name, [tensor], request_id=name)
    first, failed, last = (answers.get(timeout=20) for _ in range(3))
    client.stop_stream()
    got["stream"] = first.as_numpy("score").tolist()
    assert last.as_numpy("score").tolist() == got["stream"]
    got["stream error"] = str(failed)

    # Large messages, many at a time over one connection.
    for _ in range(together):
        client.async_infer(model, [tensor], lambda result, error: answers.put(error or result), client_timeout=0.000001)
    got["late"] = sorted({str(answers.get(timeout=20).status()) for _ in range(together)})
    for name, ask in {
        "unknown": lambda: client.infer("nobody", [tensor]),
        "classes": lambda: client.infer(model, [tensor], outputs=[triton.InferRequestedOutput("score", class_count=2)]),
        "sequence": lambda: client.infer(model, [tensor], sequence_id=3, sequence_start=True),
        "shared memory": lambda: client.get_system_shared_memory_status(),
        "compressed": lambda: client.infer(model, [tensor], compression_algorithm="gzip"),
        "timeout": lambda: client.infer(model, [tensor], timeout=1),
    }.items():
        try:
            ask()
            raise SystemExit(f"{name}: an error was expected")
        except InferenceServerException as error:
            got[name] = str(error)
    client.unload_model(model)
    assert not client.is_model_ready(model)
    client.load_model(model)
    assert client.is_model_ready(model)
    got["statistics"] = MessageToDict(client.get_inference_statistics(model), preserving_proto_field_name=True)["model_stats"][0]


async def kserve() -> None:
    async with InferenceGRPCClient(address) as client:
        assert await client.is_server_live() and await client.is_server_ready()
        assert await client.is_model_ready(model)
        for kind in ("contents", "raw"):
            tensor = InferInput("samples", list(rows.shape), "FP32")
            tensor.set_data_from_numpy(rows, binary_data=kind == "raw")
            answer = await client.infer(InferRequest(model, [tensor], request_id="eight"))
            assert answer.id == "eight"
            score = next(each for each in answer.outputs if each.name == "score")
            got[f"kserve {kind}"] = score.as_numpy().tolist()
        tensor = InferInput("samples", list(rows.shape), "FP32", rows)
        try:
            await client.infer(InferRequest("nobody", [tensor]))
            raise SystemExit("an error was expected")
        except grpc.RpcError as error:
            got["kserve unknown"] = error.code().name


asyncio.run(kserve())
json.dump(got, sys.stdout)
