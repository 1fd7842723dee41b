"""Builds the models of `npm run bench:speed` in a cache folder: for each shape the same parameters as ONNX (float32 and int8) and for
CTranslate2 (float32 and int8).

    python build_models.py CACHE_FOLDER SHIPPED_MODEL_FOLDER
    python build_models.py CACHE_FOLDER --gpu SHAPE     (opus or tiny: as ONNX in float16 and for PyTorch)

`opus` has the shape of an opus-mt model and random parameters; its end token never comes, so that every library makes the same
number of tokens. `shipped` is the model of this project, its int8 parameters read back as float32.
"""

import json
import re
import shutil
import sys
from pathlib import Path

import numpy
import onnx
import torch
from ctranslate2.converters.transformers import BartLoader, MarianMTLoader
from transformers import MarianConfig, MarianMTModel

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "test" / "golden"))
from reference.exports import ExportKind, export

never = -1e4


class Loader(MarianMTLoader):
    """For any place of the pad token; the stock loader takes the last token for it and cuts it off."""

    def get_model_spec(self, model):
        model.config.normalize_before = False
        model.config.normalize_embedding = False
        return BartLoader.get_model_spec(self, model)

    def set_decoder(self, spec, decoder):
        BartLoader.set_decoder(self, spec, decoder)


def to_ctranslate2(model: MarianMTModel, folder: Path, quantization: str) -> None:
    loader = Loader()
    spec = loader.get_model_spec(model)
    tokens = [f"t{token}" for token in range(model.config.vocab_size)]
    spec.register_source_vocabulary(tokens)
    spec.register_target_vocabulary(tokens)
    spec.config.eos_token = tokens[model.config.eos_token_id]
    spec.config.bos_token = tokens[model.config.eos_token_id]
    spec.config.unk_token = tokens[model.config.eos_token_id]
    spec.config.decoder_start_token = tokens[model.config.decoder_start_token_id]
    # Sources come with all their special tokens.
    spec.config.add_source_bos = False
    spec.config.add_source_eos = False
    spec.validate()
    spec.optimize(quantization=quantization)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    spec.save(str(folder))


def write_files(model: MarianMTModel, folder: Path, tokenizer_text: str) -> None:
    model.config.save_pretrained(folder)
    generation = {
        "decoder_start_token_id": model.config.decoder_start_token_id,
        "eos_token_id": model.config.eos_token_id,
        "pad_token_id": model.config.pad_token_id,
        "bad_words_ids": [[model.config.pad_token_id]],
        "max_length": 512,
    }
    (folder / "generation_config.json").write_text(json.dumps(generation))
    (folder / "tokenizer.json").write_text(tokenizer_text)
    (folder / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "PreTrainedTokenizerFast"}))


def write_all(model: MarianMTModel, folder: Path, tokenizer_text: str, with_int8: bool) -> None:
    """`folder`/float32 and `folder`/int8 hold one precision each, so that every library finds just that one."""
    for precision, suffix in (("float32", ""), ("int8", "_quantized")):
        place = folder / precision
        shutil.rmtree(place, ignore_errors=True)
        if precision == "float32" or with_int8:
            export(model, place / "onnx", ExportKind(merged=True, precision=suffix))
            write_files(model, place, tokenizer_text)
        to_ctranslate2(model, folder / f"{precision}.ctranslate2", precision)


def random_model(size: int, width: int, layers: int) -> MarianMTModel:
    torch.manual_seed(1)
    config = MarianConfig(
        vocab_size=size,
        decoder_vocab_size=size,
        d_model=width,
        encoder_layers=layers,
        decoder_layers=layers,
        encoder_attention_heads=8,
        decoder_attention_heads=8,
        encoder_ffn_dim=4 * width,
        decoder_ffn_dim=4 * width,
        max_position_embeddings=512,
        pad_token_id=size - 1,
        eos_token_id=0,
        bos_token_id=None,
        decoder_start_token_id=size - 1,
        forced_eos_token_id=None,
        activation_function="swish",
        scale_embedding=True,
        share_encoder_decoder_embeddings=True,
        tie_word_embeddings=True,
        init_std=0.05,
        dropout=0.0,
    )
    config.architectures = ["MarianMTModel"]
    model = MarianMTModel._from_config(config, attn_implementation="eager").eval()
    model.final_logits_bias[0, [0, size - 1]] = never
    return model


def shipped_model(folder: Path) -> MarianMTModel:
    """The parameters of the int8 graphs as float32, under the names of transformers."""
    config = MarianConfig.from_pretrained(folder)
    model = MarianMTModel._from_config(config, attn_implementation="eager").eval()
    state = {}
    for name in ("encoder_model_quantized", "decoder_model_merged_quantized"):
        graph = onnx.load(folder / "onnx" / f"{name}.onnx").graph
        arrays = {one.name.removesuffix("_merged"): onnx.numpy_helper.to_array(one) for one in graph.initializer}
        nodes = list(graph.node)
        for node in graph.node:
            nodes += [inner for one in node.attribute if one.name == "else_branch" for inner in one.g.node]
        for array_name, array in arrays.items():
            if "layers." in array_name:
                state[f"model.{array_name.removeprefix('model.model.')}"] = array
        for node in nodes:
            found = re.search(r"/((?:layers\.\d+/(?:\w+/)?\w+)|lm_head)/MatMul_quant$", node.name)
            if node.op_type != "MatMulInteger" or not found:
                continue
            stem = node.input[1].removesuffix("_merged").removesuffix("_quantized")
            scale = arrays[f"{stem}_scale"]
            values = (arrays[f"{stem}_quantized"].astype(numpy.float32) * scale).T.copy()
            side = "encoder" if name.startswith("encoder") else "decoder"
            place = found[1].replace("/", ".")
            state["model.shared.weight" if place == "lm_head" else f"model.{side}.{place}.weight"] = values
    result = model.load_state_dict({key: torch.tensor(value) for key, value in state.items()}, strict=False)
    derived = ("embed_positions", "embed_tokens", "lm_head", "final_logits_bias")
    missing = [name for name in result.missing_keys if not any(part in name for part in derived)]
    if missing or result.unexpected_keys:
        raise SystemExit(f"missing {missing}, unexpected {result.unexpected_keys}")
    model.tie_weights()
    return model


def opus_model() -> MarianMTModel:
    return random_model(58101, 512, 6)


def write_for_gpu(cache: Path, shape: str) -> None:
    model = opus_model() if shape == "opus" else random_model(12000, 64, 2)
    tokenizer_text = (Path(__file__).resolve().parents[2] / "models" / "default" / "tokenizer.json").read_text()
    place = cache / shape / "float16"
    shutil.rmtree(place, ignore_errors=True)
    model.save_pretrained(cache / shape / "pytorch")
    export(model, place / "onnx", ExportKind(merged=True, precision="_fp16"))
    write_files(model, place, tokenizer_text)


def main(cache: Path, shipped: Path) -> None:
    torch.set_num_threads(1)
    tokenizer_text = (shipped / "tokenizer.json").read_text()
    # Nobody tokenizes with it, but every model folder has one.
    write_all(opus_model(), cache / "opus", tokenizer_text, with_int8=True)
    # In int8 the files that ship are measured, not a second quantisation of them.
    write_all(shipped_model(shipped), cache / "shipped", tokenizer_text, with_int8=False)


if sys.argv[2] == "--gpu":
    write_for_gpu(Path(sys.argv[1]), sys.argv[3])
else:
    main(Path(sys.argv[1]), Path(sys.argv[2]))
