"""PyTorch's `generate` as a peer, on a GPU in float16 where there is one: one JSON request a line on standard input, one JSON answer a line on
standard output. See peers.ts. Its parameters are `pytorch/` beside the ONNX files of the same shape.
"""

import json
import resource
import sys
import time
from pathlib import Path

import torch
from transformers import MarianMTModel

device = "cuda" if torch.cuda.is_available() else "cpu"
model = None


def cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def load(request: dict) -> dict:
    global model
    torch.set_num_threads(request["threads"])
    begun = time.perf_counter()
    # A CPU computes float16 product by product; there it is float32.
    dtype = torch.float16 if device == "cuda" else torch.float32
    model = MarianMTModel.from_pretrained(Path(request["folder"]).parent / "pytorch", dtype=dtype).to(device).eval()
    name = torch.cuda.get_device_name() if device == "cuda" else "CPU"
    return {"loadMs": 1000 * (time.perf_counter() - begun), "device": f"{name}, {str(dtype).removeprefix('torch.')}"}


def run(request: dict) -> dict:
    sources, size, count = request["sources"], request["batchSize"], request["newTokens"]
    pad = request["padTokenId"]
    begun, cpu = time.perf_counter(), cpu_seconds()
    tokens = 0
    for start in range(0, len(sources), size):
        batch = sources[start : start + size]
        length = max(map(len, batch))
        ids = torch.tensor([row + [pad] * (length - len(row)) for row in batch], device=device)
        mask = torch.tensor([[1] * len(row) + [0] * (length - len(row)) for row in batch], device=device)
        with torch.inference_mode():
            output = model.generate(
                input_ids=ids,
                attention_mask=mask,
                max_new_tokens=count,
                num_beams=request["beamCount"],
                do_sample=False,
                bad_words_ids=[[pad]],
            )
        for row in output[:, 1:].tolist():
            ended = row.index(request["eosTokenId"]) + 1 if request["eosTokenId"] in row else len(row)
            tokens += ended
    return {
        "tokens": tokens,
        "wallMs": 1000 * (time.perf_counter() - begun),
        "cpuMs": 1000 * (cpu_seconds() - cpu),
        "firstTokenMs": None,
    }


for line in sys.stdin:
    request = json.loads(line)
    answer = {"load": load, "run": run}[request["kind"]](request)
    print(json.dumps(answer), flush=True)
