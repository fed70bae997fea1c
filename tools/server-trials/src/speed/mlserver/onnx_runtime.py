"""The model in MLServer, which has no runtime for ONNX of its own: one as its documentation has custom ones."""

import os

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

import onnxruntime
from mlserver import MLModel
from mlserver.codecs import NumpyCodec
from mlserver.types import InferenceRequest, InferenceResponse


class OnnxModel(MLModel):
    async def load(self) -> bool:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = int(os.environ["BENCH_THREADS"])
        self.session = onnxruntime.InferenceSession(
            os.environ["BENCH_MODEL"], options, providers=["CPUExecutionProvider"]
        )
        return True

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        samples = NumpyCodec.decode_input(payload.inputs[0])
        (score,) = self.session.run(["score"], {"samples": samples})
        return InferenceResponse(
            model_name=self.name, outputs=[NumpyCodec.encode_output("score", score)]
        )
