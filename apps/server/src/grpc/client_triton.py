"""Triton's client over gRPC against a server: python client_triton.py HOST:PORT MODEL ROWS.json, ROWS being what the model takes.

Prints what it got, as JSON. KServe's has a script of its own: both declare the same messages, which one process cannot have twice.
"""

import json
import queue
import sys

import numpy as np
import tritonclient.grpc as triton
from google.protobuf.json_format import MessageToDict
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
    got["raw"] = answer.as_numpy("score").tolist()
    # Lists of elements, which this client has messages but no words for.
    request = triton.service_pb2.ModelInferRequest(model_name=model)
    listed = request.inputs.add(name="samples", datatype="FP32", shape=rows.shape)
    listed.contents.fp32_contents.extend(rows.ravel().tolist())
    answer = client._client_stub.ModelInfer(request)
    got["contents"] = next(list(each.contents.fp32_contents) for each in answer.outputs if each.name == "score")
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

    for name, ask in {
        "unknown": lambda: client.infer("nobody", [tensor]),
        "classes": lambda: client.infer(model, [tensor], outputs=[triton.InferRequestedOutput("score", class_count=2)]),
        "sequence": lambda: client.infer(model, [tensor], sequence_id=3, sequence_start=True),
        "shared memory": lambda: client.get_system_shared_memory_status(),
        "compressed": lambda: client.infer(model, [tensor], compression_algorithm="gzip"),
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

json.dump(got, sys.stdout)
