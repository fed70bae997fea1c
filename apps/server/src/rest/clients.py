"""The protocol's own clients against a server: python clients.py URL MODEL ROWS.json, where ROWS are what the model takes.

Prints what they got, as JSON; fails where one of them does.
"""

import asyncio
import json
import sys

import numpy as np
import tritonclient.http as triton
from kserve import InferenceRESTClient, InferInput, InferRequest, RESTConfig
from tritonclient.utils import InferenceServerException

url, model, rows = sys.argv[1], sys.argv[2], np.array(json.load(open(sys.argv[3])), dtype=np.float32)
got = {}

with triton.InferenceServerClient(url.removeprefix("http://")) as client:
    assert client.is_server_live() and client.is_server_ready() and client.is_model_ready(model)
    got["server"] = client.get_server_metadata()
    got["model"] = client.get_model_metadata(model)
    got["index"] = client.get_model_repository_index()
    tensor = triton.InferInput("samples", list(rows.shape), "FP32")
    for kind in ("json", "binary"):
        tensor.set_data_from_numpy(rows, binary_data=kind == "binary")
        output = triton.InferRequestedOutput("score", binary_data=kind == "binary")
        answer = client.infer(model, [tensor], outputs=[output], request_id="seven")
        assert answer.get_response()["id"] == "seven"
        got[f"triton {kind}"] = answer.as_numpy("score").tolist()
    got["outputs"] = [output["name"] for output in client.infer(model, [tensor]).get_response()["outputs"]]
    together = [client.async_infer(model, [tensor]) for _ in range(8)]
    got["together"] = [answer.get_result().as_numpy("score").tolist() for answer in together]
    for name, ask in {
        "unknown": lambda: client.infer("nobody", [tensor]),
        "classes": lambda: client.infer(
            model, [tensor], outputs=[triton.InferRequestedOutput("score", class_count=2)]
        ),
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
    got["statistics"] = client.get_inference_statistics(model)["model_stats"][0]


async def kserve() -> None:
    client = InferenceRESTClient(RESTConfig(protocol="v2"))
    assert await client.is_server_live(url) and await client.is_server_ready(url)
    assert await client.is_model_ready(url, model)
    for kind in ("json", "binary"):
        tensor = InferInput("samples", list(rows.shape), "FP32")
        tensor.set_data_from_numpy(rows, binary_data=kind == "binary")
        request = InferRequest(model, [tensor], request_id="eight")
        answer = await client.infer(url, request, model_name=model)
        assert answer.id == "eight"
        got[f"kserve {kind}"] = next(each.data for each in answer.outputs if each.name == "score")
    await client.close()


asyncio.run(kserve())
json.dump(got, sys.stdout)
