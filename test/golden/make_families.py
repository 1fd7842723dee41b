"""Makes one tiny model of each family under test/fixtures/models, exported one way each, and what Hugging Face
transformers does with it: test/golden/families/*.json. The tests need only these files, not Python.

    python3.11 -m venv venv
    venv/bin/pip install torch==2.13.0 transformers==5.17.0 onnx==1.23.1 onnxscript==0.7.2 onnxruntime==1.30.0
    venv/bin/pip install sentencepiece==0.2.3 protobuf==7.36.2
    venv/bin/pip install --no-deps optimum==2.3.0 optimum-onnx==0.1.0    # one function; they pin an older transformers
    venv/bin/python test/golden/make_families.py [folder ...] [--output FOLDER] [--train]

Default: all, into the checkout. The parameters are those of test/golden/parameters; `--train` makes them anew.
Each model learned, for some seconds, to put the words of a sentence in reverse order, or to keep the order, depending on
the task: enough for outputs that end by themselves and for beams that differ, not enough to be sure of itself.
"""

import os
import sys

if os.environ.get("PYTHONHASHSEED") != "0":
    # Optimum goes through sets of names: the order of what it writes follows their hashes.
    environment = {**os.environ, "PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1"}
    os.execve(sys.executable, [sys.executable, *sys.argv], environment)

import copy
import json
import random
import shutil
import tempfile
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

warnings.filterwarnings("ignore")

import numpy
import onnx
import onnxruntime
import sentencepiece
import tokenizers
import torch
import transformers
from reference import other_attention, vocabularies
from reference.answers import (
    attention,
    generate,
    is_forced,
    in_headlight_names,
    step_log_probabilities,
    top_alternatives,
    write_json,
)
from reference.exports import ExportKind, Sizes, cache_names, export
from reference.output import output_folders
from reference.vocabularies import Vocabulary, sentence

output = output_folders()
models, goldens = output.models, output.goldens

sources = [
    "the red cat sees a small dog",
    "she opens the old window",
    "mañana él abre (la ﬁle).",
    "dog dog dog dog dog dog",
    "cat 🙂 sees 漢字 and moves it slowly",
    "",
]

tricky = [
    "",
    " ",
    "the cat",
    "  the   cat  ",
    "the\tcat\nsees",
    "the\u00a0cat\u3000sees",
    "ＡＢＣ ｆｕｌｌ",
    "ﬁle ½ … ™",
    "cafe\u0301 café \u212bngstro\u0308m",
    "soft\u00adhyphen zero\u200bwidth",
    "emoji 🙂👩‍👩‍👧 flag 🇩🇪",
    "漢字 かな 한국어 العربية हिन्दी",
    "▁already ▁▁ here",
    "a_b camelCase snake_case x=1;",
    "</s> <unk> <pad>",
    "don't (stop)! e.g. 3.14, 1,000",
    "ΑΒΓ ДЕЖ ßẞ ǅ",
    "the the the the the the the the the the the the",
]


@dataclass(frozen=True)
class Family:
    folder: str
    vocabulary: Callable[[Path], Vocabulary]
    model: Callable[[Vocabulary], torch.nn.Module]
    """Without training, attention eager."""
    export: ExportKind
    tasks: list[dict]
    """{"prefix", "from", "to"}, each optional. The target of the first has the words of the source in reverse order,
    that of the others the first three of them."""
    generation: dict
    """generation_config.json; `decoder_start_token_id` and special tokens come from config.json."""
    attention_implementation: str = "eager"
    searches: list[dict] = field(default_factory=list)
    """Options of `generate` besides the usual ones."""
    task_parameters: dict = field(default_factory=dict)
    """`task_specific_params` of config.json."""
    graphs: str = ""
    """Folder of the graphs inside the model folder."""
    parameters: str = ""
    """The folder that has the same trained model in another form."""
    steps: int = 900
    rate: float = 4e-3


def bart_sizes(vocabulary: Vocabulary, **more) -> dict:
    return {
        "vocab_size": len(vocabulary),
        "d_model": 32,
        "encoder_layers": 2,
        "decoder_layers": 2,
        "encoder_attention_heads": 4,
        "decoder_attention_heads": 4,
        "encoder_ffn_dim": 64,
        "decoder_ffn_dim": 64,
        "max_position_embeddings": 64,
        "init_std": 0.1,
        "dropout": 0.0,
        "attention_dropout": 0.0,
        "activation_dropout": 0.0,
        "bos_token_id": vocabulary.tokenizer.bos_token_id,
        "pad_token_id": vocabulary.tokenizer.pad_token_id,
        "eos_token_id": vocabulary.tokenizer.eos_token_id,
        **more,
    }


def t5_sizes(vocabulary: Vocabulary, **more) -> dict:
    return {
        "vocab_size": len(vocabulary) + 4,  # the real tables, too, are longer than their vocabularies
        "d_model": 24,
        "d_kv": 8,
        "d_ff": 48,
        "num_layers": 2,
        "num_decoder_layers": 2,
        "num_heads": 4,
        "relative_attention_num_buckets": 8,
        "relative_attention_max_distance": 20,
        "dropout_rate": 0.0,
        "decoder_start_token_id": 0,
        "pad_token_id": 0,
        "eos_token_id": 1,
        **more,
    }


def t5_model(vocabulary: Vocabulary):
    config = transformers.T5Config(**t5_sizes(vocabulary, feed_forward_proj="relu", tie_word_embeddings=True))
    return transformers.T5ForConditionalGeneration(config)


def mt5_model(vocabulary: Vocabulary):
    config = transformers.MT5Config(
        **t5_sizes(
            vocabulary, feed_forward_proj="gated-gelu", tie_word_embeddings=False, num_decoder_layers=1, num_heads=3
        )
    )
    return transformers.MT5ForConditionalGeneration(config)


def bart_model(vocabulary: Vocabulary):
    config = transformers.BartConfig(
        **bart_sizes(
            vocabulary,
            decoder_start_token_id=2,
            forced_bos_token_id=0,
            forced_eos_token_id=2,
            d_model=24,
            encoder_layers=1,
            encoder_attention_heads=2,
            scale_embedding=False,
        )
    )
    return transformers.BartForConditionalGeneration(config)


def mbart_model(vocabulary: Vocabulary):
    start = vocabulary.tokenizer.convert_tokens_to_ids("ro_RO")
    config = transformers.MBartConfig(
        **bart_sizes(vocabulary, decoder_start_token_id=start, forced_eos_token_id=2, scale_embedding=True)
    )
    return transformers.MBartForConditionalGeneration(config)


def pegasus_model(vocabulary: Vocabulary):
    config = transformers.PegasusConfig(
        **bart_sizes(
            vocabulary,
            bos_token_id=None,
            decoder_start_token_id=0,
            forced_eos_token_id=1,
            decoder_layers=1,
            scale_embedding=True,
        )
    )
    return transformers.PegasusForConditionalGeneration(config)


def m2m100_model(vocabulary: Vocabulary):
    config = transformers.M2M100Config(
        **bart_sizes(vocabulary, vocab_size=len(vocabulary) + 8, decoder_start_token_id=2, scale_embedding=True)
    )
    return transformers.M2M100ForConditionalGeneration(config)


def opus_mt_model(vocabulary: Vocabulary):
    pad = vocabulary.tokenizer.pad_token_id
    config = transformers.MarianConfig(
        **bart_sizes(
            vocabulary,
            bos_token_id=0,
            decoder_start_token_id=pad,
            forced_eos_token_id=0,
            activation_function="swish",
            scale_embedding=True,
        )
    )
    model = transformers.MarianMTModel(config)
    return model


def small_bart_model(vocabulary: Vocabulary):
    config = transformers.BartConfig(
        **bart_sizes(
            vocabulary,
            decoder_start_token_id=2,
            forced_bos_token_id=0,
            forced_eos_token_id=2,
            encoder_layers=1,
            decoder_layers=1,
            encoder_attention_heads=2,
            decoder_attention_heads=2,
        )
    )
    return transformers.BartForConditionalGeneration(config)


translate_and_summarize = [{"prefix": "translate English to German: "}, {"prefix": "summarize: "}]
families = [
    Family(
        "t5Split",
        vocabularies.t5,
        t5_model,
        ExportKind(opset=17),
        translate_and_summarize,
        {"max_length": 40},
        task_parameters={
            "summarization": {"prefix": "summarize: ", "num_beams": 4},
            "translation_en_to_de": {"prefix": "translate English to German: "},
        },
        searches=[{"num_beams": 3, "early_stopping": "never", "length_penalty": 2.0}],
    ),
    Family(
        "mt5Merged",
        vocabularies.t5,
        mt5_model,
        ExportKind(opset=14, merged=True),
        [{}],
        {"max_length": 40, "num_beams": 4, "length_penalty": 0.6},
        attention_implementation="sdpa",
        graphs="onnx",
    ),
    Family(
        "bartSplit",
        vocabularies.bart,
        bart_model,
        ExportKind(opset=11),
        [{}],
        {
            "max_length": 40,
            "min_length": 6,
            "num_beams": 4,
            "early_stopping": True,
            "length_penalty": 2.0,
            "no_repeat_ngram_size": 3,
        },
        steps=400,
        searches=[{"repetition_penalty": 1.3, "num_beams": 1}, {"min_length": 12, "num_beams": 1, "max_length": 14}],
    ),
    Family(
        "bartQuantized",
        vocabularies.bart,
        bart_model,
        ExportKind(opset=17, merged=True, precision="_quantized"),
        [{}],
        {"max_length": 40, "no_repeat_ngram_size": 3},
        graphs="onnx",
        steps=400,
        parameters="bartSplit",
    ),
    Family(
        "mbartHalf",
        vocabularies.mbart,
        mbart_model,
        ExportKind(opset=17, precision="_fp16"),
        [{"from": "en_XX", "to": "ro_RO"}],
        {"max_length": 40, "num_beams": 4},
        graphs="onnx",
    ),
    Family(
        "pegasusExternal",
        vocabularies.pegasus,
        pegasus_model,
        ExportKind(opset=17, external_data=True),
        [{}],
        {"max_length": 30, "num_beams": 4, "length_penalty": 0.8},
        attention_implementation="sdpa",
        searches=[{"suppress_tokens": [130, 131], "num_beams": 2}],
    ),
    Family(
        "m2m100Dynamo",
        vocabularies.m2m100,
        m2m100_model,
        ExportKind(opset=18, dynamo=True),
        [{"from": "en", "to": "es"}, {"from": "de", "to": "en"}],
        {"max_length": 40, "num_beams": 4, "early_stopping": True},
    ),
    Family(
        "nllbMerged",
        vocabularies.nllb,
        m2m100_model,
        ExportKind(opset=17, merged=True),
        [{"from": "eng_Latn", "to": "spa_Latn"}, {"from": "deu_Latn", "to": "eng_Latn"}],
        {"max_length": 40},
        attention_implementation="sdpa",
        graphs="onnx",
    ),
    Family(
        "t5Uncached",
        vocabularies.t5,
        t5_model,
        ExportKind(opset=13, cached=False),
        translate_and_summarize,
        {"max_length": 40},
        task_parameters={
            "summarization": {"prefix": "summarize: "},
            "translation_en_to_de": {"prefix": "translate English to German: "},
        },
        searches=[{"num_beams": 3, "length_penalty": 2.0}],
        parameters="t5Split",
    ),
    Family(
        "bartBmm",
        vocabularies.bart,
        small_bart_model,
        ExportKind(opset=12),
        [{}],
        {"max_length": 40, "num_beams": 4},
        attention_implementation="bmm",
        steps=500,
    ),
    Family(
        "bartFused",
        vocabularies.bart,
        small_bart_model,
        ExportKind(opset=16),
        [{}],
        {"max_length": 40, "num_beams": 2},
        attention_implementation="fused",
        steps=500,
        parameters="bartBmm",
    ),
    Family(
        "opusMtDynamo",
        vocabularies.opus_mt,
        opus_mt_model,
        ExportKind(opset=23, dynamo=True),
        [{"prefix": ">>deu<< "}, {"prefix": ">>spa<< "}],
        {"max_length": 40, "num_beams": 4, "bad_words_ids": "pad", "renormalize_logits": True},
        attention_implementation="sdpa",
    ),
]


def use_attention(model, implementation: str) -> None:
    # T5 keeps copies of its config, so `set_attn_implementation` does not reach its layers.
    for module in model.modules():
        if hasattr(module, "config"):
            module.config._attn_implementation = implementation


def train(family: Family, vocabulary: Vocabulary, model) -> None:
    optimizer = torch.optim.AdamW(model.parameters(), lr=family.rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, family.rate, total_steps=family.steps)
    generator = random.Random(2)
    pad = model.config.pad_token_id
    start = model.config.decoder_start_token_id
    model.train()
    for step in range(family.steps):
        pairs = []
        for row in range(24):
            task_index = row % len(family.tasks)
            text = sentence(generator)
            answer = reversed(text.split()) if task_index == 0 else text.split()[:3]
            task = family.tasks[task_index]
            pairs.append((vocabulary.source(text, task), vocabulary.target(" ".join(answer), task)))
        source = padded([source for source, _ in pairs], pad)
        labels = padded([target for _, target in pairs], -100)
        inputs = padded([[start, *target[:-1]] for _, target in pairs], pad)
        logits = model(input_ids=source, attention_mask=(source != pad).long(), decoder_input_ids=inputs).logits
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), labels.flatten(), ignore_index=-100)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
    print(f"{family.folder}: loss {loss.item():.3f}", flush=True)
    model.eval()


def padded(rows: list[list[int]], value: int) -> torch.Tensor:
    length = max(len(row) for row in rows)
    return torch.tensor([row + [value] * (length - len(row)) for row in rows])


def searches_of(family: Family, task: dict, vocabulary: Vocabulary, banned: list[int]) -> list[dict]:
    """Options of each search, and how many hypotheses; what they leave out comes from generation_config.json."""
    forced = vocabulary.forced(task)
    usual = [
        ({}, 1),
        ({"num_beams": 1}, 1),
        ({"num_beams": 4, "length_penalty": 1.0}, 4),
        ({"num_beams": 4, "length_penalty": 0.2, "early_stopping": True}, 4),
        ({"num_beams": 1, "no_repeat_ngram_size": 2}, 1),
        ({"num_beams": 3, "repetition_penalty": 1.5, "max_length": 16}, 3),
        ({"num_beams": 1, "bad_words_ids": [banned[:1], banned[1:3]], "min_length": 5}, 1),
        ({"num_beams": 4, "max_length": 5}, 4),
    ]
    return [({**options, **forced}, count) for options, count in [*usual, *[(extra, 1) for extra in family.searches]]]


def trained(family: Family, temporary: Path) -> tuple[Vocabulary, torch.nn.Module]:
    vocabulary = family.vocabulary(temporary)
    torch.manual_seed(3)
    model = family.model(vocabulary)
    use_attention(model, "eager")
    output.trained(family.parameters or family.folder, model, lambda: train(family, vocabulary, model))
    if family.export.precision == "_fp16":
        # The same parameters for transformers, so that only the arithmetic differs.
        for parameter in model.parameters():
            parameter.data = parameter.data.half().float()
    if model.config.model_type == "marian":
        # In real Marian models, too, pad wins steps unless it is suppressed: its logit is 0, others are negative.
        model.final_logits_bias[0, model.config.pad_token_id] = 10
    return vocabulary, model


def make(family: Family) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        vocabulary, model = trained(family, Path(temporary))
        pad = model.config.pad_token_id
        generation = dict(family.generation)
        if generation.get("bad_words_ids") == "pad":
            generation["bad_words_ids"] = [[pad]]
        special = ("decoder_start_token_id", "forced_bos_token_id", "forced_eos_token_id")
        special_ids = {name: getattr(model.config, name, None) for name in special}
        model.generation_config = transformers.GenerationConfig(
            **{name: value for name, value in special_ids.items() if value is not None},
            bos_token_id=getattr(model.config, "bos_token_id", None),
            eos_token_id=model.config.eos_token_id,
            pad_token_id=pad,
            **generation,
        )
        folder = models / family.folder
        shutil.rmtree(folder, ignore_errors=True)
        vocabulary.source("", family.tasks[0])  # sets the source language that is saved
        vocabulary.save(folder)
        model.config.save_pretrained(folder)
        if family.task_parameters:
            config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
            write_json(folder / "config.json", {**config, "task_specific_params": family.task_parameters})
        model.generation_config.save_pretrained(folder)
        exported = copy.deepcopy(model)
        use_attention(exported, family.attention_implementation)
        export(exported, folder / family.graphs, family.export)
        write_goldens(family, vocabulary, model, folder)
    size = sum(file.stat().st_size for file in folder.glob("**/*") if file.is_file())
    print(f"{family.folder}: {size >> 10} KiB, {sorted(file.name for file in folder.glob('**/*.onnx*'))}", flush=True)


def write_goldens(family: Family, vocabulary: Vocabulary, model, folder: Path) -> None:
    start = model.config.decoder_start_token_id
    exported = ExportedModel(folder / family.graphs, model, family.export)
    cases, forced, best, gaps = [], [], [], []
    generator = random.Random(5)
    for index, text in enumerate(sources):
        task = family.tasks[index % len(family.tasks)]
        source_ids = vocabulary.source(text, task)
        plain = generate(model, source_ids, {"num_beams": 1, **vocabulary.forced(task)})[0]["targetIds"]
        banned = [token for token in plain[1:-1] if token != pad_of(model)][:3]
        banned += [20, 21, 22][len(banned) :]
        searches = []
        for options, count in searches_of(family, task, vocabulary, banned):
            hypotheses = generate(model, source_ids, options, count)
            gaps += [a["score"] - b["score"] for a, b in zip(hypotheses, hypotheses[1:])]
            best.append(hypotheses[0]["targetIds"])
            searches.append({"options": in_headlight_names(options), "hypotheses": hypotheses})
        if family.export.precision == "_quantized":
            # 8-bit parameters are another model: what is expected is what the exported graphs give, step by step.
            options = {"beamCount": 1, "noRepeatNgramSize": 0}
            searches = [{"options": options, "hypotheses": [exported.greedy(source_ids)]}]
        cases.append(
            {
                "source": text,
                "task": task,
                "sourceIds": source_ids,
                "target": vocabulary.decode(searches[0]["hypotheses"][0]["targetIds"]),
                "searches": searches,
            }
        )
        if index in (0, 4):
            random_ids = [generator.randrange(model.config.vocab_size) for _ in range(7)]
            target_ids = plain if index == 0 else random_ids
            forced.append(
                {
                    "sourceIds": source_ids,
                    "targetIds": target_ids,
                    "logProbabilities": [
                        round(value, 6) for value in step_log_probabilities(model, source_ids, start, target_ids)
                    ],
                    "alternatives": top_alternatives(model, source_ids, start, target_ids, 5),
                    "attention": attention(model, source_ids, start, target_ids),
                }
            )
            exported.check(source_ids, target_ids)
    if family.export.precision == "_fp16":
        for case in cases:
            assert exported.greedy(case["sourceIds"])["targetIds"] == case["searches"][1]["hypotheses"][0]["targetIds"]
    ends = sum(ids[-1] == model.config.eos_token_id for ids in best)
    print(f"{family.folder}: {ends} of {len(best)} end, smallest distance of hypotheses {min(gaps):.6f}", flush=True)
    for case in cases:
        print("   ", repr(case["source"]), "->", repr(case["target"]))
    if min(gaps) < 2e-5:
        raise SystemExit(f"{family.folder}: another library could well swap two hypotheses: change a seed")
    assert ends > len(best) / 3 and len({tuple(ids) for ids in best}) > len(sources)
    lines = [{"text": text, "ids": vocabulary.source(text, {**family.tasks[0], "prefix": ""})} for text in tricky]
    for line in lines:
        line["decoded"] = vocabulary.decode(line["ids"])
    versions = {
        module.__name__: module.__version__
        for module in (torch, transformers, tokenizers, sentencepiece, onnx, onnxruntime)
    }
    write_json(
        goldens / "families" / f"{family.folder}.json",
        {"versions": versions, "cases": cases, "forced": forced, "lines": lines},
    )


def pad_of(model) -> int:
    return model.config.pad_token_id


class ExportedModel:
    """The exported graphs in onnxruntime, to check them and to decode greedily with them."""

    def __init__(self, folder: Path, model, kind: ExportKind):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.model = model
        self.kind = kind
        self.sizes = Sizes.of(model)
        names = ("encoder_model", "decoder_model_merged" if kind.merged else "decoder_model", "decoder_with_past_model")
        files = [folder / f"{name}{kind.precision}.onnx" for name in names]
        self.encoder, self.decoder = (onnxruntime.InferenceSession(file, options) for file in files[:2])
        self.with_past = self.decoder if kind.merged or not kind.cached else onnxruntime.InferenceSession(files[2], options)

    def first_step(self, source_ids: list[int], input_ids: list[int]) -> dict[str, numpy.ndarray]:
        source = numpy.array([source_ids])
        mask = numpy.ones_like(source)
        hidden = self.encoder.run(None, {"input_ids": source, "attention_mask": mask})[0]
        feeds = {
            "encoder_attention_mask": mask,
            "input_ids": numpy.array([input_ids]),
            "encoder_hidden_states": hidden,
        }
        if self.kind.merged:
            empty = numpy.zeros((1, self.sizes.heads, 0, self.sizes.head_dimension), hidden.dtype)
            names = cache_names(self.sizes.layers, "past_key_values", ("decoder", "encoder"))
            feeds |= {name: empty for name in names} | {"use_cache_branch": numpy.array([False])}
        self.feeds = feeds
        return self.run(self.decoder, feeds)

    def run(self, session, feeds) -> dict[str, numpy.ndarray]:
        wanted = {value.name for value in session.get_inputs()}
        outputs = session.run(None, {name: value for name, value in feeds.items() if name in wanted})
        return dict(zip([value.name for value in session.get_outputs()], outputs))

    def check(self, source_ids: list[int], target_ids: list[int]) -> None:
        """A golden of a broken export would be worse than none."""
        start = self.model.config.decoder_start_token_id
        actual = self.first_step(source_ids, [start, *target_ids[:-1]])["logits"].astype("f4")
        with torch.no_grad():
            expected = self.model(
                input_ids=torch.tensor([source_ids]), decoder_input_ids=torch.tensor([[start, *target_ids[:-1]]])
            ).logits.numpy()
        worst = abs(actual - expected).max()
        assert worst < {"": 1e-3, "_fp16": 0.1, "_quantized": 2}[self.kind.precision], worst

    def greedy(self, source_ids: list[int]) -> dict:
        """Greedy with forced tokens, limited as generation_config.json says; each step on the cache of the last."""
        config = self.model.generation_config
        token, target_ids, log_probabilities = config.decoder_start_token_id, [], []
        while True:
            if not target_ids:
                outputs = self.first_step(source_ids, [token])
                cache = {name: value for name, value in outputs.items() if name.startswith("present.")}
            else:
                past = {name.replace("present", "past_key_values"): value for name, value in cache.items()}
                feeds = self.feeds | past | {"input_ids": numpy.array([[token]])}
                if self.kind.merged:
                    feeds["use_cache_branch"] = numpy.array([True])
                outputs = self.run(self.with_past, feeds)
                cache |= {name: value for name, value in outputs.items() if ".decoder." in name}
            row = torch.tensor(outputs["logits"][0, -1].astype("f4"))
            token = int(row.argmax())
            forced = is_forced(config.to_dict(), len(target_ids))
            if forced:
                token = config.forced_eos_token_id if target_ids else config.forced_bos_token_id
            target_ids.append(token)
            log_probabilities.append(0.0 if forced else float(row.log_softmax(-1)[token]))
            if token == config.eos_token_id or len(target_ids) == config.max_length - 1:
                break
        return {
            "targetIds": target_ids,
            "logProbabilities": [round(value, 6) for value in log_probabilities],
            "score": round(sum(log_probabilities) / len(target_ids), 6),
        }


def main() -> None:
    transformers.logging.set_verbosity_error()
    other_attention.register()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    (goldens / "families").mkdir(parents=True, exist_ok=True)
    wanted = output.names
    for family in families:
        if not wanted or family.folder in wanted:
            make(family)


if __name__ == "__main__":
    main()
