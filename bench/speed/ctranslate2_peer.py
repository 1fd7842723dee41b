"""CTranslate2 as a peer: one JSON request a line on standard input, one JSON answer a line on standard output. See peers.ts."""

import json
import resource
import sys
import threading
import time

import ctranslate2
import numpy

translator = None


def cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def load(request: dict) -> dict:
    global translator
    begun = time.perf_counter()
    translator = ctranslate2.Translator(
        f"{request['folder']}.ctranslate2",
        device="cpu",
        compute_type=request["precision"],
        inter_threads=1,
        intra_threads=request["threads"],
    )
    return {"loadMs": 1000 * (time.perf_counter() - begun)}


def run(request: dict) -> dict:
    sources = [[f"t{token}" for token in ids] for ids in request["sources"]]
    size, count = request["batchSize"], request["newTokens"]
    first = None

    def on_step(_) -> bool:
        nonlocal first
        first = first or time.perf_counter()
        return False

    begun, cpu = time.perf_counter(), cpu_seconds()
    tokens = 0
    for start in range(0, len(sources), size):
        results = translator.translate_batch(
            sources[start : start + size],
            beam_size=request["beamCount"],
            max_decoding_length=count,
            min_decoding_length=count if request["exactly"] else 1,
            suppress_sequences=[[f"t{request['padTokenId']}"]],
            callback=on_step if request["beamCount"] == 1 and size == 1 else None,
        )
        # The end token is left out of the answer.
        tokens += sum(len(result.hypotheses[0]) + (0 if request["exactly"] else 1) for result in results)
    ended = time.perf_counter()
    return {
        "tokens": tokens,
        "wallMs": 1000 * (ended - begun),
        "cpuMs": 1000 * (cpu_seconds() - cpu),
        "firstTokenMs": 1000 * (first - begun) if first else None,
    }


def bandwidth(request: dict) -> dict:
    """Bytes per second that so many threads read from memory: the largest of several passes over 128 MB each."""
    arrays = [numpy.ones(1 << 25, dtype=numpy.float32) for _ in range(request["threads"])]
    best = 0.0
    for _ in range(5):
        threads = [threading.Thread(target=numpy.max, args=(array,)) for array in arrays]
        begun = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        best = max(best, sum(array.nbytes for array in arrays) / (time.perf_counter() - begun))
    return {"bytesPerSecond": best}


for line in sys.stdin:
    request = json.loads(line)
    answer = {"load": load, "run": run, "bandwidth": bandwidth}[request["kind"]](request)
    print(json.dumps(answer), flush=True)
