"""Stage `export`: the averaged parameters -> the folder that ships: Marian layout, int8 encoder and merged decoder, headlight.json."""

import copy
import hashlib
import io
import json
import pathlib
import shutil
import tempfile
import warnings

import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from transformers import MarianConfig, MarianMTModel
from transformers.cache_utils import DynamicCache, EncoderDecoderCache
from transformers.modeling_outputs import BaseModelOutput

from vocabulary import END, END_ID, PAD, PAD_ID, SUMMARY_PREFIX, UNKNOWN

OPSET = 17
LICENSE = "MIT (trained on CC-BY, PSF, MIT, Apache, BSD and CC0 texts; see README.md)"
# Names of axes, as Optimum gives them.
BATCH, SOURCE, TARGET, PAST = (
    "batch_size",
    "encoder_sequence_length",
    "decoder_sequence_length",
    "past_decoder_sequence_length",
)


def marian_model(config, parameters):
    """`MarianMTModel` with these parameters, in evaluation mode, its attention written out (so that its weights can be tapped)."""
    shape, vocabulary_size = config["model"], parameters["shared.weight"].shape[0]
    marian_config = MarianConfig(
        vocab_size=vocabulary_size,
        decoder_vocab_size=vocabulary_size,
        d_model=shape["d_model"],
        encoder_layers=shape["encoder_layers"],
        decoder_layers=shape["decoder_layers"],
        encoder_attention_heads=shape["heads"],
        decoder_attention_heads=shape["heads"],
        encoder_ffn_dim=shape["ffn"],
        decoder_ffn_dim=shape["ffn"],
        max_position_embeddings=shape["max_positions"],
        pad_token_id=PAD_ID,
        eos_token_id=END_ID,
        bos_token_id=None,
        decoder_start_token_id=PAD_ID,
        forced_eos_token_id=None,
        activation_function="relu",
        scale_embedding=True,
        share_encoder_decoder_embeddings=True,
        tie_word_embeddings=True,
        dropout=0.0,
    )
    model = MarianMTModel._from_config(marian_config, attn_implementation="eager")
    result = model.load_state_dict({f"model.{name}": value.float() for name, value in parameters.items()}, strict=False)
    derived = ("embed_positions", "embed_tokens", "lm_head", "final_logits_bias")
    missing = [name for name in result.missing_keys if not any(part in name for part in derived)]
    if missing or result.unexpected_keys:
        raise ValueError(f"parameters do not fit MarianMTModel: missing {missing}, unexpected {result.unexpected_keys}")
    model.tie_weights()
    model.final_logits_bias.zero_()
    return model.eval()


class Encoder(torch.nn.Module):
    def __init__(self, model):
        super().__init__()
        self.encoder = model.get_encoder()

    def forward(self, input_ids, attention_mask):
        return self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state


class DecoderFirst(torch.nn.Module):
    """The decoder without past key values."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, encoder_attention_mask, input_ids, encoder_hidden_states):
        result = self.model(
            decoder_input_ids=input_ids,
            attention_mask=encoder_attention_mask,
            encoder_outputs=BaseModelOutput(last_hidden_state=encoder_hidden_states),
            use_cache=True,
            past_key_values=EncoderDecoderCache(DynamicCache(), DynamicCache()),
        )
        return (result.logits, *flat_cache(result.past_key_values, with_encoder=True))


class DecoderNext(torch.nn.Module):
    """The decoder with past key values, one position at a time."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, encoder_attention_mask, input_ids, *past):
        own, cross = DynamicCache(), DynamicCache()
        for layer in range(len(past) // 4):
            own.update(*past[4 * layer : 4 * layer + 2], layer)
            cross.update(*past[4 * layer + 2 : 4 * layer + 4], layer)
        cache = EncoderDecoderCache(own, cross)
        cache.is_updated = {layer: True for layer in range(len(past) // 4)}
        # Only their length is read: the keys and values of the encoder states are in the cache.
        states = encoder_attention_mask.unsqueeze(-1).float().expand(-1, -1, self.model.config.d_model)
        result = self.model(
            decoder_input_ids=input_ids,
            attention_mask=encoder_attention_mask,
            encoder_outputs=BaseModelOutput(last_hidden_state=states),
            use_cache=True,
            past_key_values=cache,
        )
        return (result.logits, *flat_cache(result.past_key_values, with_encoder=False))


def flat_cache(cache, with_encoder):
    tensors = []
    for own, cross in zip(cache.self_attention_cache.layers, cache.cross_attention_cache.layers):
        tensors += [own.keys, own.values] + ([cross.keys, cross.values] if with_encoder else [])
    return tensors


def cache_names(kind, layer_count, parts=("decoder", "encoder")):
    return [
        f"{kind}.{layer}.{part}.{what}" for layer in range(layer_count) for part in parts for what in ("key", "value")
    ]


def export_graphs(model, folder):
    """Writes encoder.onnx, decoder_first.onnx and decoder_next.onnx, fp32."""
    config = model.config
    layer_count, head_count = config.decoder_layers, config.decoder_attention_heads
    head_width = config.d_model // head_count
    batch, source, past = 2, 7, 5
    source_ids = torch.randint(3, config.vocab_size, (batch, source))
    mask = torch.ones(batch, source, dtype=torch.int64)
    mask[1, -2:] = 0
    target_ids = torch.randint(3, config.vocab_size, (batch, 3))
    states = torch.randn(batch, source, config.d_model)
    cache = [
        torch.randn(batch, head_count, length, head_width)
        for _ in range(layer_count)
        for length in (past, past, source, source)
    ]
    past_names, present_names = cache_names("past_key_values", layer_count), cache_names("present", layer_count)
    next_names = cache_names("present", layer_count, ("decoder",))
    source_axes, target_axes = {0: BATCH, 1: SOURCE}, {0: BATCH, 1: TARGET}

    def write(name, module, arguments, inputs, outputs, axes):
        with warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore")
            torch.onnx.export(
                module.eval(),
                arguments,
                folder / name,
                input_names=inputs,
                output_names=outputs,
                dynamic_axes=axes,
                opset_version=OPSET,
                dynamo=False,
            )

    write(
        "encoder.onnx",
        Encoder(model),
        (source_ids, mask),
        ["input_ids", "attention_mask"],
        ["last_hidden_state"],
        {"input_ids": source_axes, "attention_mask": source_axes, "last_hidden_state": source_axes},
    )
    axes = {
        "encoder_attention_mask": source_axes,
        "encoder_hidden_states": source_axes,
        "input_ids": target_axes,
        "logits": target_axes,
    }
    first_axes = axes | {name: {0: BATCH, 2: TARGET if "decoder" in name else SOURCE} for name in present_names}
    write(
        "decoder_first.onnx",
        DecoderFirst(model),
        (mask, target_ids, states),
        ["encoder_attention_mask", "input_ids", "encoder_hidden_states"],
        ["logits", *present_names],
        first_axes,
    )
    next_axes = axes | {name: {0: BATCH, 2: PAST if ".decoder." in name else SOURCE} for name in past_names}
    next_axes |= {name: {0: BATCH, 2: f"{PAST} + 1"} for name in next_names}
    del next_axes["encoder_hidden_states"]
    write(
        "decoder_next.onnx",
        DecoderNext(model),
        (mask, target_ids[:, :1], *cache),
        ["encoder_attention_mask", "input_ids", *past_names],
        ["logits", *next_names],
        next_axes,
    )


def branch_graph(graph, prefix, shared, initializers):
    """A branch of the merged decoder: names made unique, initializers moved to `initializers`, equal ones (`shared`) once."""
    branch = copy.deepcopy(graph)
    renamed = {}
    for tensor in branch.initializer:
        content = (
            tensor.data_type,
            tuple(tensor.dims),
            hashlib.sha256(numpy_helper.to_array(tensor).tobytes()).digest(),
        )
        if content not in shared:
            shared[content] = f"{tensor.name}_merged"
            if any(known.name == shared[content] for known in initializers):
                shared[content] = f"{tensor.name}_{prefix}"
            moved = copy.deepcopy(tensor)
            moved.name = shared[content]
            initializers.append(moved)
        renamed[tensor.name] = shared[content]
    outer = {value.name for value in branch.input}
    kept = outer | {value.name for value in branch.output}
    for node in branch.node:
        node.name = f"{prefix}/{node.name}"
        for output in node.output:
            if output and output not in kept:
                renamed[output] = f"{prefix}/{output}"
        for names in (node.input, node.output):
            for index, name in enumerate(names):
                names[index] = renamed.get(name, name)
    del branch.initializer[:], branch.input[:], branch.value_info[:]
    branch.name = prefix
    return branch


def merged_decoder(first, following):
    """One decoder with `use_cache_branch`, as Optimum's `merge_decoders` makes it: an If over both, sharing what is equal.

    With past key values the encoder's present outputs are empty tensors: they do not change.
    """
    shared, initializers = {}, []
    else_branch = branch_graph(first.graph, "first", shared, initializers)
    then_branch = branch_graph(following.graph, "next", shared, initializers)
    given = {output.name: output for output in then_branch.output}
    del then_branch.output[:]
    for output in else_branch.output:
        if output.name not in given:
            shape = [dimension.dim_value for dimension in output.type.tensor_type.shape.dim]
            empty = helper.make_tensor(
                f"{output.name}_empty", TensorProto.FLOAT, [0, shape[1] or 1, 1, shape[3] or 1], []
            )
            then_branch.node.append(
                helper.make_node("Constant", [], [output.name], value=empty, name=f"next/{output.name}")
            )
        then_branch.output.append(given.get(output.name, output))
    inputs = {value.name: value for graph in (first.graph, following.graph) for value in graph.input}
    switch = helper.make_tensor_value_info("use_cache_branch", TensorProto.BOOL, [1])
    node = helper.make_node(
        "If",
        ["use_cache_branch"],
        [output.name for output in first.graph.output],
        "merged",
        then_branch=then_branch,
        else_branch=else_branch,
    )
    ordered = [*inputs.values(), switch]
    graph = helper.make_graph([node], "merged_decoder", ordered, list(first.graph.output), initializers)
    opsets = {(entry.domain, entry.version): entry for model in (first, following) for entry in model.opset_import}
    merged = helper.make_model(graph, opset_imports=list(opsets.values()), ir_version=first.ir_version)
    onnx.checker.check_model(merged)
    return merged


def quantized(path):
    """The int8 form of an ONNX file, beside it; returns its path.

    `reduce_range` keeps one bit free: without it, processors that lack VNNI overflow in 8-bit products. Measured on 500 dev
    lines: chrF 71.9 with it, 71.8 without, 71.9 in fp32.
    """
    result = path.with_suffix(".int8.onnx")
    options = {"MatMulConstBOnly": True}
    quantize_dynamic(
        path, result, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True, extra_options=options
    )
    return result


def tasks(languages, extract_below):
    """The manifest's tasks for English with these languages; summaries with a lower score are replaced by the lead sentence."""
    translate = {language: {"prefix": f"<2{language}>", "sources": ["en"]} for language in languages}
    translate["en"] = {"prefix": "<2en>", "sources": list(languages)}
    # Headlines gain nothing by being longer.
    summarize = {"prefix": SUMMARY_PREFIX, "sources": ["en"], "extractBelow": extract_below, "lengthPenalty": 1.0}
    return {"translate": translate, "summarize": summarize}


def write_json(path, value):
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf8")


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_manifest(folder, config, languages):
    """headlight.json: what the export itself doesn't say."""
    names = ["config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json"]
    names += ["onnx/decoder_model_merged_quantized.onnx", "onnx/encoder_model_quantized.onnx"]
    shape = config["model"]
    manifest = {
        "format": 1,
        "name": config["name"],
        "tasks": tasks(languages, config["extract_below"]),
        "alignment": {"layer": shape["guided_layer"], "heads": [shape["guided_head"]], "inputShift": True},
        "files": {name: sha256(folder / name) for name in names},
        "license": LICENSE,
        "scores": {},
    }
    write_json(folder / "headlight.json", manifest)


def export_parameters(config, parameters, tokenizer_path, folder, languages):
    """Writes the whole model folder, its manifest naming these languages. No fp32 copy stays in it."""
    folder = pathlib.Path(folder)
    (folder / "onnx").mkdir(parents=True, exist_ok=True)
    model = marian_model(config, parameters)
    with tempfile.TemporaryDirectory() as name:
        temporary = pathlib.Path(name)
        export_graphs(model, temporary)
        shutil.copyfile(quantized(temporary / "encoder.onnx"), folder / "onnx" / "encoder_model_quantized.onnx")
        branches = [onnx.load(quantized(temporary / f"decoder_{which}.onnx")) for which in ("first", "next")]
        onnx.save(merged_decoder(*branches), folder / "onnx" / "decoder_model_merged_quantized.onnx")
    model.config.architectures = ["MarianMTModel"]
    model.config.save_pretrained(folder)
    write_json(
        folder / "generation_config.json",
        {
            "decoder_start_token_id": PAD_ID,
            "eos_token_id": END_ID,
            "pad_token_id": PAD_ID,
            "bad_words_ids": [[PAD_ID]],
            "max_length": model.config.max_position_embeddings,
            "num_beams": 4,
            # Chosen on the dev lines: of 1, 1.3, 1.6 and 2 the last gives the most; translations are shorter than what people write.
            "length_penalty": 2.0,
        },
    )
    shutil.copyfile(tokenizer_path, folder / "tokenizer.json")
    write_json(
        folder / "tokenizer_config.json",
        {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "eos_token": END,
            "pad_token": PAD,
            "unk_token": UNKNOWN,
            "model_max_length": model.config.max_position_embeddings,
            "clean_up_tokenization_spaces": False,
        },
    )
    write_manifest(folder, config, languages)


def export(config, work, languages):
    """Exports the checkpoint's averaged parameters to `export/`, for English with these languages."""
    work = pathlib.Path(work)
    saved = torch.load(work / "checkpoint.pt", map_location="cpu", weights_only=False)
    export_parameters(config, saved["average"], work / "tokenizer.json", work / "export", languages)
    total = sum(path.stat().st_size for path in (work / "export").rglob("*") if path.is_file())
    print(f"export: {total / 1e6:.1f} MB", flush=True)


def pack(work, part_bytes=15 * 2**20):
    """Writes the averaged parameters in bf16 as `packed/average.pt.00`, `.01`, ...: parts small enough to carry, one file
    when put together, which `--init-checkpoint` takes."""
    work = pathlib.Path(work)
    saved = torch.load(work / "checkpoint.pt", map_location="cpu", weights_only=False)
    content = io.BytesIO()
    torch.save({"model": {name: value.bfloat16() for name, value in saved["average"].items()}}, content)
    (work / "packed").mkdir(exist_ok=True)
    whole = content.getvalue()
    for number, start in enumerate(range(0, len(whole), part_bytes)):
        (work / "packed" / f"average.pt.{number:02}").write_bytes(whole[start : start + part_bytes])
