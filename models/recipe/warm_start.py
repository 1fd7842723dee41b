"""Parameters from an earlier model: one with another vocabulary, or the int8 folder that ships."""

import pathlib
import re

import onnx
import torch
from onnx import numpy_helper
from tokenizers import Tokenizer

from vocabulary import PREFIXES

# Names in the ONNX files that `export` writes.
LAYER_VECTOR = re.compile(r"((?:encoder|decoder)\.layers\.\d+\.[\w.]+\.(?:bias|weight))(?:_merged|_first|_next)?$")
LAYER_MATRIX = re.compile(r"(encoder|decoder)/layers\.(\d+)/([\w/]+)/MatMul_quant$")


def piece_cover(piece, known):
    """Ids of the longest known pieces that spell `piece` from left to right; characters that no piece has are left out."""
    ids, start = [], 0
    while start < len(piece):
        for end in range(len(piece), start, -1):
            if piece[start:end] in known:
                ids.append(known[piece[start:end]])
                start = end - 1
                break
        start += 1
    return ids


def mapped_embeddings(old_pieces, old_table, tokenizer):
    """A table for the tokenizer's pieces: each the mean of the old pieces that spell it; what has none gets the mean of all."""
    known = {piece: index for index, piece in enumerate(old_pieces)}
    table = old_table.mean(0, keepdim=True).repeat(tokenizer.get_vocab_size(), 1)
    old_prefixes = [known[prefix] for prefix in PREFIXES if prefix in known and prefix != "<sum>"]
    for piece, index in tokenizer.get_vocab().items():
        if piece in PREFIXES and piece not in known:
            cover = old_prefixes
        else:
            cover = [known[piece]] if piece in known else piece_cover(piece, known)
        if cover:
            table[index] = old_table[cover].mean(0)
    return table


def from_checkpoint(path, pieces_path, tokenizer):
    """Parameters of a checkpoint, its embeddings carried over to the tokenizer's vocabulary.

    `pieces_path`: a SentencePiece model or a tokenizer.json, whose ids are the rows of the old table.
    """
    saved = torch.load(path, map_location="cpu", weights_only=False)
    parameters = {name: value.float() for name, value in saved["model"].items()}
    parameters["shared.weight"] = mapped_embeddings(read_pieces(pieces_path), parameters["shared.weight"], tokenizer)
    return parameters


def read_pieces(path):
    if pathlib.Path(path).suffix == ".json":
        vocabulary = Tokenizer.from_file(str(path)).get_vocab()
        return sorted(vocabulary, key=vocabulary.get)
    from sentencepiece import SentencePieceProcessor  # only an old model needs it

    old = SentencePieceProcessor(model_file=str(path))
    return [old.id_to_piece(index) for index in range(old.get_piece_size())]


def graphs_of(graph):
    """A graph and the graphs of its branches."""
    yield graph
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.HasField("g"):
                yield from graphs_of(attribute.g)


def from_folder(folder, tokenizer):
    """Parameters of a folder that `export` wrote, int8 times scale; embeddings come from the output projection, whose
    scales are per token, and are carried over when the tokenizer is another one."""
    folder, parameters = pathlib.Path(folder), {}
    for file in ("encoder_model_quantized.onnx", "decoder_model_merged_quantized.onnx"):
        graphs = list(graphs_of(onnx.load(folder / "onnx" / file).graph))
        tensors = {tensor.name: tensor for graph in graphs for tensor in graph.initializer}
        for name, tensor in tensors.items():
            vector = LAYER_VECTOR.search(name)
            if vector:
                parameters[vector[1]] = torch.tensor(numpy_helper.to_array(tensor))
        for node in (
            node
            for graph in graphs
            for node in graph.node
            if node.op_type == "MatMulInteger" and node.input[1] in tensors
        ):
            scale_name = node.input[1].replace("_quantized", "_scale")
            values, scale = (
                torch.tensor(numpy_helper.to_array(tensors[name])).float() for name in (node.input[1], scale_name)
            )
            matrix = LAYER_MATRIX.search(node.name)
            name = (
                "shared.weight"
                if "lm_head" in node.name
                else f"{matrix[1]}.layers.{matrix[2]}.{matrix[3].replace('/', '.')}.weight"
            )
            parameters[name] = (values * scale).T.contiguous()
    old_tokenizer = folder / "tokenizer.json"
    parameters["shared.weight"] = mapped_embeddings(read_pieces(old_tokenizer), parameters["shared.weight"], tokenizer)
    return parameters
