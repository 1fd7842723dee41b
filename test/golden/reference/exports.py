"""An encoder-decoder of transformers as ONNX graphs with the names and axes of Optimum."""

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import onnx
import torch
from transformers.cache_utils import DynamicCache, EncoderDecoderCache
from transformers.modeling_outputs import BaseModelOutput


@dataclass(frozen=True)
class Sizes:
    """What an export must know of a model; families name these fields of their configs differently."""

    layers: int
    heads: int
    head_dimension: int
    dimension: int
    vocabulary: int

    @staticmethod
    def of(model) -> "Sizes":
        config = model.config
        is_t5 = config.model_type in ("t5", "mt5")
        heads = config.num_heads if is_t5 else config.decoder_attention_heads
        return Sizes(
            layers=config.num_decoder_layers if is_t5 else config.decoder_layers,
            heads=heads,
            head_dimension=config.d_kv if is_t5 else config.d_model // heads,
            dimension=config.d_model,
            vocabulary=config.vocab_size,
        )


@dataclass(frozen=True)
class ExportKind:
    opset: int = 17
    dynamo: bool = False
    merged: bool = False
    external_data: bool = False
    """Parameters in files beside the graphs."""
    cached: bool = True
    """False: `decoder_model.onnx` alone, which neither takes nor gives a past."""
    precision: str = ""
    """"", "_fp16" or "_quantized": also the suffix of the file names."""


class Encoder(torch.nn.Module):
    def __init__(self, model):
        super().__init__()
        self.encoder = model.get_encoder()

    def forward(self, input_ids, attention_mask):
        return self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state


class Decoder(torch.nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model
        self.layers = Sizes.of(model).layers

    def forward(self, encoder_attention_mask, input_ids, encoder_hidden_states):
        result = self.model(
            decoder_input_ids=input_ids,
            attention_mask=encoder_attention_mask,
            encoder_outputs=BaseModelOutput(last_hidden_state=encoder_hidden_states),
            past_key_values=EncoderDecoderCache(DynamicCache(), DynamicCache()),
            use_cache=True,
        )
        return result.logits, *present(result.past_key_values, self.layers, with_encoder=True)


class UncachedDecoder(torch.nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, encoder_attention_mask, input_ids, encoder_hidden_states):
        return self.model(
            decoder_input_ids=input_ids,
            attention_mask=encoder_attention_mask,
            encoder_outputs=BaseModelOutput(last_hidden_state=encoder_hidden_states),
            use_cache=False,
        ).logits


class DecoderWithPast(torch.nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model
        self.sizes = Sizes.of(model)

    def forward(self, encoder_attention_mask, input_ids, *past):
        cache = EncoderDecoderCache(DynamicCache(), DynamicCache())
        for layer in range(self.sizes.layers):
            decoder_key, decoder_value, encoder_key, encoder_value = past[4 * layer : 4 * layer + 4]
            cache.self_attention_cache.update(decoder_key, decoder_value, layer)
            cache.cross_attention_cache.update(encoder_key, encoder_value, layer)
            cache.is_updated[layer] = True
        # Only the length of the encoder's output is read here.
        placeholder = encoder_attention_mask.unsqueeze(-1).to(torch.float32).expand(-1, -1, self.sizes.dimension)
        result = self.model(
            decoder_input_ids=input_ids,
            attention_mask=encoder_attention_mask,
            encoder_outputs=BaseModelOutput(last_hidden_state=placeholder),
            past_key_values=cache,
            use_cache=True,
        )
        return result.logits, *present(result.past_key_values, self.sizes.layers, with_encoder=False)


def present(cache: EncoderDecoderCache, layers: int, with_encoder: bool) -> list[torch.Tensor]:
    tensors = []
    for layer in range(layers):
        own = cache.self_attention_cache.layers[layer]
        tensors += [own.keys, own.values]
        if with_encoder:
            source = cache.cross_attention_cache.layers[layer]
            tensors += [source.keys, source.values]
    return tensors


def cache_names(layers: int, prefix: str, parts: tuple[str, ...]) -> list[str]:
    stems = [f"{prefix}.{layer}.{part}" for layer in range(layers) for part in parts]
    return [f"{stem}.{which}" for stem in stems for which in ("key", "value")]


def export_split(model, folder: Path, kind: ExportKind) -> None:
    """`encoder_model.onnx`, `decoder_model.onnx` and `decoder_with_past_model.onnx`, float32."""
    sizes = Sizes.of(model)
    source = {0: "batch_size", 1: "encoder_sequence_length"}
    target = {0: "batch_size", 1: "decoder_sequence_length"}
    one_step = {0: "batch_size"}
    past_names = cache_names(sizes.layers, "past_key_values", ("decoder", "encoder"))
    present_names = cache_names(sizes.layers, "present", ("decoder", "encoder"))
    own_present_names = cache_names(sizes.layers, "present", ("decoder",))

    def cache_axes(names, decoder_axis):
        axis = {True: decoder_axis, False: "encoder_sequence_length"}
        return {name: {0: "batch_size", 2: axis[".decoder." in name]} for name in names}

    def write(module, arguments, name, inputs, outputs, axes):
        with torch.no_grad():
            if kind.dynamo:
                shapes = [{axis: torch.export.Dim.DYNAMIC for axis in axes[name]} for name in inputs]
                named = 2 if isinstance(module, (Encoder, DecoderWithPast)) else 3
                torch.onnx.export(
                    module.eval(),
                    arguments,
                    folder / name,
                    input_names=inputs,
                    output_names=outputs,
                    dynamic_shapes=(*shapes[:named], *([tuple(shapes[named:])] if len(shapes) > named else [])),
                    opset_version=kind.opset,
                    dynamo=True,
                    external_data=False,
                    verbose=False,
                )
            else:
                torch.onnx.export(
                    module.eval(),
                    arguments,
                    folder / name,
                    input_names=inputs,
                    output_names=outputs,
                    dynamic_axes=axes,
                    opset_version=kind.opset,
                    dynamo=False,
                )
        model.eval()

    torch.manual_seed(4)
    batch, source_length, target_length, past_length = 2, 7, 3, 5
    source_ids = torch.randint(6, sizes.vocabulary, (batch, source_length))
    mask = torch.ones(batch, source_length, dtype=torch.int64)
    mask[1, -2:] = 0
    target_ids = torch.randint(6, sizes.vocabulary, (batch, target_length))
    hidden = torch.randn(batch, source_length, sizes.dimension)
    past = [
        torch.randn(batch, sizes.heads, past_length if ".decoder." in name else source_length, sizes.head_dimension)
        for name in past_names
    ]
    write(
        Encoder(model),
        (source_ids, mask),
        "encoder_model.onnx",
        ["input_ids", "attention_mask"],
        ["last_hidden_state"],
        {"input_ids": source, "attention_mask": source, "last_hidden_state": source},
    )
    write(
        Decoder(model) if kind.cached else UncachedDecoder(model),
        (mask, target_ids, hidden),
        "decoder_model.onnx",
        ["encoder_attention_mask", "input_ids", "encoder_hidden_states"],
        ["logits", *(present_names if kind.cached else [])],
        {
            "encoder_attention_mask": source,
            "input_ids": target,
            "encoder_hidden_states": source,
            "logits": target,
            **(cache_axes(present_names, "decoder_sequence_length") if kind.cached else {}),
        },
    )
    if not kind.cached:
        return
    write(
        DecoderWithPast(model),
        (mask, target_ids[:, :1], *past),
        "decoder_with_past_model.onnx",
        ["encoder_attention_mask", "input_ids", *past_names],
        ["logits", *own_present_names],
        {
            "encoder_attention_mask": source,
            "input_ids": one_step,
            "logits": one_step,
            **cache_axes(past_names, "past_decoder_sequence_length"),
            **cache_axes(own_present_names, "past_decoder_sequence_length + 1"),
        },
    )


def export(model, folder: Path, kind: ExportKind) -> None:
    """The graphs of `kind` in `folder`: encoder and split or merged decoder."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        export_split(model, work, kind)
        names = ["encoder_model", "decoder_model", *(["decoder_with_past_model"] if kind.cached else [])]
        for name in names:
            convert(work / f"{name}.onnx", kind)
        if kind.merged:
            from optimum.onnx.graph_transformations import merge_decoders

            merge_decoders(
                str(work / "decoder_model.onnx"),
                str(work / "decoder_with_past_model.onnx"),
                save_path=str(work / "decoder_model_merged.onnx"),
                strict=False,
            )
            names = ["encoder_model", "decoder_model_merged"]
        for name in names:
            target = folder / f"{name}{kind.precision}.onnx"
            if kind.external_data:
                onnx.save(
                    onnx.load(work / f"{name}.onnx"),
                    target,
                    save_as_external_data=True,
                    all_tensors_to_one_file=True,
                    location=f"{name}{kind.precision}.onnx_data",
                    size_threshold=512,
                )
            else:
                shutil.copy(work / f"{name}.onnx", target)
            onnx.checker.check_model(str(target))


def convert(file: Path, kind: ExportKind) -> None:
    """Changes one float32 graph to the precision of `kind`, in place."""
    if kind.dynamo:
        # Where in torch each node comes from: most of the file, and nothing that a model needs.
        model = onnx.load(file)
        for graph in [model.graph, *model.functions]:
            for node in graph.node:
                del node.metadata_props[:]
                node.doc_string = ""
        for value in [*model.graph.input, *model.graph.output, *model.graph.value_info, *model.graph.initializer]:
            del value.metadata_props[:]
        del model.graph.metadata_props[:]
        onnx.save(model, file)
    if kind.precision == "_fp16":
        from onnxruntime.transformers.float16 import convert_float_to_float16

        onnx.save(convert_float_to_float16(onnx.load(file), keep_io_types=False), file)
    elif kind.precision == "_quantized":
        from onnxruntime.quantization import QuantType, quantize_dynamic

        quantize_dynamic(
            file,
            file,
            weight_type=QuantType.QInt8,
            per_channel=True,
            # Without it, processors without VNNI add up 8-bit products with saturation and give other values.
            reduce_range=True,
            extra_options={"MatMulConstBOnly": True},
        )
