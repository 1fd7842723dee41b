"""What the attention methods must give for the tiny models under test/fixtures/models: test/golden/methods/*.json.

    venv/bin/python test/golden/make_methods.py [folder ...]    # the venv of make_families.py; default: all

The parameters are those that make_families.py keeps; that the fixtures have the same is checked by their raw attention.
Norms (Kobayashi et al. 2020) are worked out by hand from each module's input and parameters, rollouts (Abnar and Zuidema 2020) in numpy,
occlusions with attention masks in transformers.
"""

import base64
import json
import math
import re
import sys
import tempfile
from pathlib import Path

import numpy
import onnx
import torch
import transformers
from make_families import families, trained
from reference.answers import attention, encode, write_json

here = Path(__file__).parent


def attention_modules(model) -> dict[str, list[torch.nn.Module]]:
    """By kind, from layer 0 upwards."""
    if model.config.model_type in ("t5", "mt5"):
        return {
            "encoder": [block.layer[0].SelfAttention for block in model.encoder.block],
            "decoder": [block.layer[0].SelfAttention for block in model.decoder.block],
            "cross": [block.layer[1].EncDecAttention for block in model.decoder.block],
        }
    return {
        "encoder": [layer.self_attn for layer in model.model.encoder.layers],
        "decoder": [layer.self_attn for layer in model.model.decoder.layers],
        "cross": [layer.encoder_attn for layer in model.model.decoder.layers],
    }


def projections(module) -> dict[str, torch.nn.Linear]:
    if hasattr(module, "q_proj"):
        return {"query": module.q_proj, "key": module.k_proj, "value": module.v_proj, "output": module.out_proj}
    return {"query": module.q, "key": module.k, "value": module.v, "output": module.o}


def inputs_of_projections(model, source_ids: list[int], start: int, target_ids: list[int]) -> dict:
    """What enters each projection of queries, keys and values in one teacher-forced pass: `[position, dimension]`."""
    inputs = {}

    def remember(module, arguments):
        inputs[module] = arguments[0][0].detach()

    hooks = [
        projections(module)[name].register_forward_pre_hook(remember)
        for modules in attention_modules(model).values()
        for module in modules
        for name in ("query", "key", "value")
    ]
    attention(model, source_ids, start, target_ids)
    for hook in hooks:
        hook.remove()
    return inputs


def by_hand(linear: torch.nn.Linear, inputs: torch.Tensor, heads: int) -> numpy.ndarray:
    """x W + b: `[head, position, dimension of the head]`."""
    output = inputs.numpy() @ linear.weight.detach().numpy().T
    if linear.bias is not None:
        output = output + linear.bias.detach().numpy()
    return output.reshape(len(output), heads, -1).transpose(1, 0, 2)


def norms(model, inputs: dict, weights: dict[str, numpy.ndarray]) -> tuple[dict, dict]:
    """By kind `[layer, head, row, column]`: ||alpha f(x)|| divided by the sum of its row; and for cross-attention
    `[layer, row, column]`: || sum over all heads of alpha f(x) ||, divided likewise."""
    of_heads, together = {}, {}
    for kind, modules in attention_modules(model).items():
        maps, sums = [], []
        for module, alpha in zip(modules, weights[kind]):
            heads = len(alpha)
            linear = projections(module)
            value = by_hand(linear["value"], inputs[linear["value"]], heads)
            mixing = linear["output"].weight.detach().numpy().T.reshape(heads, value.shape[-1], -1)
            carried = alpha[..., None] * (value @ mixing)[:, None]  # [head, row, column, model dimension]
            maps.append(numpy.linalg.norm(carried, axis=-1))
            sums.append(numpy.linalg.norm(carried.sum(0), axis=-1))
        of_heads[kind] = shares(numpy.stack(maps))
        together[kind] = shares(numpy.stack(sums))
    return of_heads, together


def shares(array: numpy.ndarray) -> numpy.ndarray:
    return (array / array.sum(-1, keepdims=True)).astype(numpy.float32)


def rollouts(weights: dict[str, numpy.ndarray]) -> dict[str, numpy.ndarray]:
    mean = {kind: of_kind.astype(numpy.float64).mean(1) for kind, of_kind in weights.items()}

    def of_self(kind: str) -> numpy.ndarray:
        size = mean[kind].shape[-1]
        result = numpy.eye(size)
        for layer in mean[kind]:
            result = (0.5 * layer + 0.5 * numpy.eye(size)) @ result
        return result

    encoder = of_self("encoder")
    targets, sources = mean["cross"].shape[1:]
    # A step is a mixture of the decoder's inputs (first columns) and of the source (last columns).
    mixture = numpy.concatenate([numpy.eye(targets), numpy.zeros((targets, sources))], axis=1)
    of_source = numpy.concatenate([numpy.zeros((sources, targets)), encoder], axis=1)
    for self_weights, cross_weights in zip(mean["decoder"], mean["cross"]):
        mixture = 0.5 * mixture + 0.5 * self_weights @ mixture
        mixture = 0.5 * mixture + 0.5 * cross_weights @ of_source
    maps = {"encoder": encoder, "decoder": of_self("decoder"), "cross": mixture[:, targets:]}
    return {kind: shares(array)[None, None] for kind, array in maps.items()}


def occlusion(model, source_ids: list[int], start: int, target_ids: list[int], words: list[list[int]]) -> numpy.ndarray:
    """`[1, 1, step, token]`: each word's share of the changes of a target token's log-probability."""

    def log_probabilities(hidden: list[int]) -> numpy.ndarray:
        mask = torch.ones(1, len(source_ids), dtype=torch.int64)
        mask[0, hidden] = 0
        with torch.no_grad():
            logits = model(
                input_ids=torch.tensor([source_ids]),
                attention_mask=mask,
                decoder_input_ids=torch.tensor([[start, *target_ids[:-1]]]),
            ).logits[0]
        return logits.double().log_softmax(-1)[range(len(target_ids)), target_ids].numpy()

    full = log_probabilities([])
    changes = numpy.zeros((len(target_ids), len(source_ids)))
    for word in words:
        changes[:, word] = abs(full - log_probabilities(word))[:, None] / len(word)
    return shares(changes)[None, None]


def cells(model, inputs: dict, weights: dict[str, numpy.ndarray]) -> list[dict]:
    """The last cell but one of each kind's last layer and head, taken apart; its column is the row's strongest."""
    result = []
    for kind, modules in attention_modules(model).items():
        linear = projections(modules[-1])
        heads = weights[kind].shape[1]
        parts = {name: by_hand(linear[name], inputs[linear[name]], heads) for name in ("query", "key", "value")}
        layer, head, row = len(modules) - 1, heads - 1, weights[kind].shape[2] - 2
        alpha = weights[kind][layer, head, row]
        column = int(alpha.argmax())
        mixing = linear["output"].weight.detach().numpy().T.reshape(heads, parts["value"].shape[-1], -1)[head]
        unscaled = model.config.model_type in ("t5", "mt5")
        scale = 1.0 if unscaled else 1 / math.sqrt(parts["query"].shape[-1])
        result.append(
            {
                "kind": kind,
                "layerIndex": layer,
                "headIndex": head,
                "row": row,
                "column": column,
                "query": rounded(parts["query"][head, row]),
                "key": rounded(parts["key"][head, column]),
                "scale": scale,
                "product": float(parts["query"][head, row] @ parts["key"][head, column]),
                "weights": rounded(alpha),
                "value": rounded(parts["value"][head, column]),
                "norms": rounded(alpha * numpy.linalg.norm(parts["value"][head] @ mixing, axis=-1)),
            }
        )
    return result


def take_quantized_parameters(model, folder: Path) -> None:
    """Replaces each matrix of the model by what the 8-bit parameters in the folder's graphs stand for, so that the reference differs from
    them in the arithmetic of activations only."""
    candidates = []
    for file in folder.glob("**/*.onnx"):
        graph = onnx.load(file).graph
        tensors = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in graph.initializer}
        scales = [tensor for name, tensor in tensors.items() if "_scale" in name]
        # Signed parameters are quantised around 0, tables of embeddings are unsigned. Merging decoders renames and shares
        # the scales: the one that fits is taken.
        for integer in tensors.values():
            if integer.ndim != 2 or integer.dtype not in (numpy.int8, numpy.uint8):
                continue
            zeros = {0} if integer.dtype == numpy.int8 else {int(t) for n, t in tensors.items() if "_zero" in n and t.size == 1}
            candidates += [
                (integer.astype(numpy.float32) - zero) * scale
                for zero in zeros
                for scale in scales
                if scale.size in (1, integer.shape[1])
            ]
    replaced = 0
    for parameter in model.parameters():
        original = parameter.detach().numpy()
        fitting = [
            matrix
            for candidate in candidates
            for matrix in (candidate, candidate.T)
            if matrix.shape == original.shape and abs(matrix - original).max() < 0.01 * abs(original).max()
        ]
        if fitting:
            parameter.data = torch.tensor(min(fitting, key=lambda matrix: abs(matrix - original).max()))
            replaced += 1
    matrices = sum(parameter.ndim == 2 for parameter in model.parameters())
    print(f"{replaced} of {matrices} matrices are those of the graphs", flush=True)


def rounded(values: numpy.ndarray) -> list[float]:
    return [round(float(value), 6) for value in values]


def decoded(encoded: dict) -> numpy.ndarray:
    return numpy.frombuffer(base64.b64decode(encoded["data"]), "<f4").reshape(encoded["shape"])


def make(family) -> None:
    golden = json.loads((here / "families" / f"{family.folder}.json").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as temporary:
        _, model = trained(family, Path(temporary))
    start = model.config.decoder_start_token_id
    answers = []
    for forced in golden["forced"]:
        ids = (forced["sourceIds"], start, forced["targetIds"])
        weights = {kind: decoded(encoded) for kind, encoded in attention(model, *ids).items()}
        for kind, encoded in forced["attention"].items():
            worst = abs(weights[kind] - decoded(encoded)).max()
            assert worst < 1e-5, f"{family.folder} trains to another model here ({kind} is off by {worst}): make it again first"
    if family.export.precision == "_quantized":
        take_quantized_parameters(model, here.parent / "fixtures" / "models" / family.folder)
    for forced in golden["forced"]:
        ids = (forced["sourceIds"], start, forced["targetIds"])
        weights = {kind: decoded(encoded) for kind, encoded in attention(model, *ids).items()}
        inputs = inputs_of_projections(model, *ids)
        of_heads, together = norms(model, inputs, weights)
        words = [[0, 1], *[[token] for token in range(2, len(ids[0]) - 1)]]
        answers.append(
            {
                "sourceIds": ids[0],
                "targetIds": ids[2],
                "norm": {kind: encode(array) for kind, array in of_heads.items()},
                "normOfAllHeads": encode(together["cross"]),
                "rollout": {kind: encode(array) for kind, array in rollouts(weights).items()},
                "occludedWords": words,
                "occlusion": encode(occlusion(model, *ids, words)),
                "cells": cells(model, inputs, weights),
            }
        )
    versions = {module.__name__: module.__version__ for module in (torch, transformers, numpy)}
    write_json(here / "methods" / f"{family.folder}.json", {"versions": versions, "forced": answers})
    print(family.folder, flush=True)


def main() -> None:
    transformers.logging.set_verbosity_error()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    (here / "methods").mkdir(exist_ok=True)
    for family in families:
        if not sys.argv[1:] or family.folder in sys.argv[1:]:
            make(family)


if __name__ == "__main__":
    main()
