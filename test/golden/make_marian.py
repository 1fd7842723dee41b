"""Makes test/fixtures/models/marianSplit and marianMerged (one tiny Marian model in two layouts) and
test/golden/marian.json (what Hugging Face transformers does with it). The tests need only these files, not Python.

    python3.11 -m venv venv
    venv/bin/pip install torch==2.13.0 transformers==5.17.0 onnx==1.23.1 onnxruntime==1.30.0
    venv/bin/pip install --no-deps optimum==2.3.0 optimum-onnx==0.1.0    # one function; they pin an older transformers
    venv/bin/python test/golden/make_marian.py [--output FOLDER] [--train]

Default: into the checkout. The parameters are those of test/golden/parameters; `--train` makes them anew.
The model learned, for half a minute on one thread, to put the words of a sentence in reverse order: enough for outputs
that end by themselves and for beams that differ, not enough to be sure of itself. The same versions give the same
files, up to the last digits of numbers.
"""

import copy
import json
import os
import random
import shutil
import sys
import tempfile
import warnings
from pathlib import Path

if os.environ.get("PYTHONHASHSEED") != "0":
    # Optimum goes through sets of names: the order of what it writes follows their hashes.
    environment = {**os.environ, "PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1"}
    os.execve(sys.executable, [sys.executable, *sys.argv], environment)
warnings.filterwarnings("ignore")

import numpy
import onnx
import onnxruntime
import tokenizers
import torch
import transformers
from optimum.onnx.graph_transformations import merge_decoders
from reference.answers import attention, step_log_probabilities, write_json
from reference.exports import ExportKind, export_split
from reference.output import output_folders
from transformers import MarianConfig, MarianMTModel, PreTrainedTokenizerFast

output = output_folders()
models, goldens = output.models, output.goldens

eos, pad, unknown = 0, 1, 2
special_tokens = ["</s>", "<pad>", "<unk>", "<2es>", "<2en>", "<sum>"]
byte_pieces = [f"<0x{byte:02X}>" for byte in range(256)]
vocabulary_size = 400
dimension, heads, layers, positions = 32, 4, 2, 64

words = """the a small red old file key server window button error warning text word line page cat dog opens closes
reads writes finds sees sends moves it she they we not never always now here slowly and or with without from into over
casa perro abre cierra mañana él""".split()

sources = [
    "the red cat sees a small dog",
    "she opens the old window and closes it",
    "a server sends the error text here",
    "casa",
    "we never move it; mañana él abre (la casa).",
    "dog dog dog dog dog dog",
    "cat 🙂 sees naïve 漢字",
    "it reads the file and writes the key from the old page into the small red window with a warning and an error",
    "",
]


def sentence(generator: random.Random) -> str:
    return " ".join(generator.choice(words) for _ in range(generator.randint(1, 9)))


def make_tokenizer() -> PreTrainedTokenizerFast:
    """BPE with byte fallback, as the vocabulary of the shipped model: no character is unknown."""
    tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE(byte_fallback=True, unk_token="<unk>"))
    tokenizer.normalizer = tokenizers.normalizers.NFC()
    metaspace = {"replacement": "▁", "prepend_scheme": "always", "split": True}
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Metaspace(**metaspace)
    tokenizer.decoder = tokenizers.decoders.Sequence(
        [tokenizers.decoders.ByteFallback(), tokenizers.decoders.Metaspace(**metaspace)]
    )
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=vocabulary_size, special_tokens=special_tokens + byte_pieces, show_progress=False
    )
    generator = random.Random(1)
    tokenizer.train_from_iterator([sentence(generator) for _ in range(2000)], trainer)
    tokenizer.post_processor = tokenizers.processors.TemplateProcessing(
        single="$A </s>", pair="$A $B </s>", special_tokens=[("</s>", eos)]
    )
    plain = json.loads(tokenizer.to_str())
    # As added tokens the byte pieces would be dropped in decoding; they stay in the vocabulary.
    plain["added_tokens"] = [token for token in plain["added_tokens"] if token["content"] in special_tokens]
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizers.Tokenizer.from_str(json.dumps(plain)),
        eos_token="</s>",
        pad_token="<pad>",
        unk_token="<unk>",
    )


def train(model: MarianMTModel, tokenizer: PreTrainedTokenizerFast) -> None:
    optimizer = torch.optim.AdamW(model.parameters(), lr=4e-3)
    steps = 1000
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, total_steps=steps)
    generator = random.Random(2)
    model.train()
    for step in range(steps):
        texts = [sentence(generator) for _ in range(32)]
        source = tokenizer(texts, padding=True, return_tensors="pt")
        reversed_texts = [" ".join(reversed(text.split())) for text in texts]
        labels = tokenizer(reversed_texts, padding=True, return_tensors="pt").input_ids
        labels[labels == pad] = -100
        loss = model(input_ids=source.input_ids, attention_mask=source.attention_mask, labels=labels).loss
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if step % 250 == 0 or step == steps - 1:
            print(f"step {step}: loss {loss.item():.3f}", flush=True)


def make_model(tokenizer: PreTrainedTokenizerFast) -> MarianMTModel:
    torch.manual_seed(3)
    config = MarianConfig(
        vocab_size=len(tokenizer),
        decoder_vocab_size=len(tokenizer),
        d_model=dimension,
        encoder_layers=layers,
        decoder_layers=layers,
        encoder_attention_heads=heads,
        decoder_attention_heads=heads,
        encoder_ffn_dim=2 * dimension,
        decoder_ffn_dim=2 * dimension,
        max_position_embeddings=positions,
        pad_token_id=pad,
        eos_token_id=eos,
        bos_token_id=None,
        decoder_start_token_id=pad,
        forced_eos_token_id=None,
        activation_function="swish",
        scale_embedding=True,
        share_encoder_decoder_embeddings=True,
        tie_word_embeddings=True,
        dropout=0.0,
        attention_dropout=0.0,
        activation_dropout=0.0,
    )
    config.architectures = ["MarianMTModel"]
    model = MarianMTModel._from_config(config, attn_implementation="eager")
    output.trained("marian", model, lambda: train(model, tokenizer))
    # In real Marian models, too, pad wins steps unless it is suppressed: its logit is 0 where all others are negative.
    model.final_logits_bias[0, pad] = 10
    return model.eval()


def write_folders(model: MarianMTModel, tokenizer: PreTrainedTokenizerFast) -> None:
    """`marianSplit` has its graphs at the top, `marianMerged` under `onnx/`: both layouts are in use."""
    split, merged = models / "marianSplit", models / "marianMerged"
    for folder in (split, merged):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        model.config.save_pretrained(folder)
        write_json(
            folder / "generation_config.json",
            {
                "decoder_start_token_id": pad,
                "eos_token_id": eos,
                "pad_token_id": pad,
                "bad_words_ids": [[pad]],
                "max_length": positions,
                "num_beams": 4,
            },
        )
        (folder / "tokenizer.json").write_text(tokenizer.backend_tokenizer.to_str(), encoding="utf-8")
        write_json(
            folder / "tokenizer_config.json",
            {
                "tokenizer_class": "PreTrainedTokenizerFast",
                "eos_token": "</s>",
                "pad_token": "<pad>",
                "unk_token": "<unk>",
                "model_max_length": positions,
                "clean_up_tokenization_spaces": False,
            },
        )
    with tempfile.TemporaryDirectory() as temporary:
        export_split(model, Path(temporary), ExportKind(opset=17))
        for name in ("encoder_model", "decoder_model", "decoder_with_past_model"):
            shutil.copy(f"{temporary}/{name}.onnx", split)
        (merged / "onnx").mkdir()
        shutil.copy(f"{temporary}/encoder_model.onnx", merged / "onnx")
        merge_decoders(
            f"{temporary}/decoder_model.onnx",
            f"{temporary}/decoder_with_past_model.onnx",
            save_path=str(merged / "onnx" / "decoder_model_merged.onnx"),
            strict=False,
        )
    for file in sorted(models.glob("marian*/**/*.onnx")):
        onnx.checker.check_model(str(file))
        print(f"{file.relative_to(models)}: {file.stat().st_size >> 10} KiB")


def generate(model: MarianMTModel, source_ids: list[int], **options) -> list[dict]:
    """The hypotheses of `generate`, best first. `score` is checked to be the sum of log-probabilities /
    length^lengthPenalty, where length counts what was generated: the end token counts, the decoder start token does
    not."""
    penalty = options.get("length_penalty", 1.0)
    with torch.no_grad():
        result = model.generate(
            torch.tensor([source_ids]),
            attention_mask=torch.ones(1, len(source_ids), dtype=torch.int64),
            do_sample=False,
            output_scores=True,
            return_dict_in_generate=True,
            **{"bad_words_ids": [[pad]], "max_new_tokens": positions - 1, **options},
        )
    hypotheses = []
    for index, sequence in enumerate(result.sequences.tolist()):
        target_ids = sequence[1:]
        if eos in target_ids:
            target_ids = target_ids[: target_ids.index(eos) + 1]
        log_probabilities = step_log_probabilities(model, source_ids, pad, target_ids)
        score = sum(log_probabilities) / len(target_ids) ** penalty
        if options["num_beams"] > 1:
            found = float(result.sequences_scores[index])
            assert abs(found - score) < 2e-5, (found, score)
            score = found
        hypotheses.append(
            {
                "targetIds": target_ids,
                "logProbabilities": [round(value, 6) for value in log_probabilities],
                "score": round(score, 6),
            }
        )
    return hypotheses


def generate_from(model: MarianMTModel, source_ids: list[int], prefix: list[int], beams: int) -> dict:
    """The best hypothesis of `generate` that goes on from `prefix`. `alternatives`, `[step][rank]`: for each token after the prefix the
    five most probable ones by log_softmax of the scores of its step, which have gone through the rules of the search. `score`
    counts what follows the prefix."""
    with torch.no_grad():
        result = model.generate(
            torch.tensor([source_ids]),
            attention_mask=torch.ones(1, len(source_ids), dtype=torch.int64),
            decoder_input_ids=torch.tensor([[pad, *prefix]]),
            do_sample=False,
            num_beams=beams,
            bad_words_ids=[[pad]],
            max_length=positions,
            output_scores=True,
            return_dict_in_generate=True,
        )
    target_ids = result.sequences[0, 1:].tolist()
    if eos in target_ids:
        target_ids = target_ids[: target_ids.index(eos) + 1]
    log_probabilities = step_log_probabilities(model, source_ids, pad, target_ids)
    new_count = len(target_ids) - len(prefix)
    score = sum(log_probabilities[len(prefix) :]) / new_count
    if beams > 1:
        found = float(result.sequences_scores[0])
        assert abs(found - score) < 2e-5, (found, score)
    alternatives = {"tokenIds": [], "logProbabilities": []}
    for step in range(new_count):
        row = int(result.beam_indices[0, step]) if beams > 1 else 0
        best = result.scores[step][row].log_softmax(-1).topk(5)
        alternatives["tokenIds"].append(best.indices.tolist())
        alternatives["logProbabilities"].append([round(value, 6) for value in best.values.tolist()])
    return {
        "prefixIds": prefix,
        "beamCount": beams,
        "targetIds": target_ids,
        "logProbabilities": [round(value, 6) for value in log_probabilities],
        "score": round(score, 6),
        "alternatives": alternatives,
    }


def continuations(model: MarianMTModel, source_ids: list[int]) -> list[dict]:
    """From nothing, and from places where the second best token is taken instead of the best."""
    found = [generate_from(model, source_ids, [], beams) for beams in (1, 4)]
    greedy = found[0]
    for step in sorted({0, len(greedy["targetIds"]) // 2}):
        other = next(token for token in greedy["alternatives"]["tokenIds"][step][1:] if token not in (eos, pad))
        found += [generate_from(model, source_ids, [*greedy["targetIds"][:step], other], beams) for beams in (1, 4)]
    return found


def check_export(model: MarianMTModel, source_ids: list[int], target_ids: list[int]) -> None:
    """A golden of a broken export would be worse than none."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    folder = models / "marianSplit"
    encoder = onnxruntime.InferenceSession(folder / "encoder_model.onnx", options)
    decoder = onnxruntime.InferenceSession(folder / "decoder_model.onnx", options)
    source = numpy.array([source_ids])
    mask = numpy.ones_like(source)
    hidden = encoder.run(None, {"input_ids": source, "attention_mask": mask})[0]
    feeds = {
        "encoder_attention_mask": mask,
        "input_ids": numpy.array([[pad, *target_ids[:-1]]]),
        "encoder_hidden_states": hidden,
    }
    actual = decoder.run(["logits"], feeds)[0]
    with torch.no_grad():
        expected = model(
            input_ids=torch.tensor(source), decoder_input_ids=torch.tensor(feeds["input_ids"])
        ).logits.numpy()
    assert abs(actual - expected).max() < 1e-3, abs(actual - expected).max()


def check_batch(model: MarianMTModel, tokenizer: PreTrainedTokenizerFast, cases: list[dict]) -> None:
    """Sources of one batch are padded; that must not change what each gives alone."""
    batch = tokenizer([case["source"] for case in cases], padding=True, return_tensors="pt")
    for beams, expected in (
        (1, [case["greedy"] for case in cases]),
        (4, [case["beams"][0]["hypotheses"][0] for case in cases]),
    ):
        with torch.no_grad():
            sequences = model.generate(
                batch.input_ids,
                attention_mask=batch.attention_mask,
                do_sample=False,
                num_beams=beams,
                bad_words_ids=[[pad]],
                max_new_tokens=positions - 1,
            )
        for sequence, hypothesis in zip(sequences.tolist(), expected):
            length = len(hypothesis["targetIds"])
            assert sequence[1 : length + 1] == hypothesis["targetIds"], (beams, sequence, hypothesis)


def main() -> None:
    transformers.logging.set_verbosity_error()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    tokenizer = make_tokenizer()
    model = make_model(tokenizer)
    tokenizer([""], padding=True)  # as training leaves it: tokenizer.json tells of it
    write_folders(copy.deepcopy(model), tokenizer)

    cases, forced = [], []
    generator = random.Random(5)
    for text in sources:
        source_ids = tokenizer(text).input_ids
        case = {
            "source": text,
            "sourceIds": source_ids,
            "greedy": generate(model, source_ids, num_beams=1)[0],
            "greedyLimited": {"maxNewTokens": 4, **generate(model, source_ids, num_beams=1, max_new_tokens=4)[0]},
            "beams": [
                {
                    "beamCount": beams,
                    "lengthPenalty": penalty,
                    "maxNewTokens": limit,
                    "hypotheses": generate(
                        model,
                        source_ids,
                        num_beams=beams,
                        num_return_sequences=beams,
                        length_penalty=penalty,
                        max_new_tokens=limit,
                    ),
                }
                for beams, penalty, limit in [(4, 1.0, 63), (4, 0.3, 63), (4, 1.5, 63), (2, 1.0, 63), (4, 1.0, 5)]
            ],
        }
        case["continuations"] = continuations(model, source_ids)
        case["target"] = tokenizer.decode(case["greedy"]["targetIds"], skip_special_tokens=True)
        cases.append(case)
        random_ids = [generator.randrange(vocabulary_size) for _ in range(generator.randint(1, 12))]
        for target_ids in (case["greedy"]["targetIds"], random_ids):
            check_export(model, source_ids, target_ids)
            forced.append(
                {
                    "sourceIds": source_ids,
                    "targetIds": target_ids,
                    "logProbabilities": [
                        round(value, 6) for value in step_log_probabilities(model, source_ids, pad, target_ids)
                    ],
                    "attention": attention(model, source_ids, pad, target_ids),
                }
            )

    check_batch(model, tokenizer, cases)
    best = [[beam["hypotheses"][0]["targetIds"] for beam in case["beams"]] for case in cases]
    greedy = [case["greedy"]["targetIds"] for case in cases]
    print("ends by itself:", sum(ids[-1] == eos for ids in greedy), "of", len(greedy))
    gaps = [
        better["score"] - worse["score"]
        for case in cases
        for beam in case["beams"]
        for better, worse in zip(beam["hypotheses"], beam["hypotheses"][1:])
    ]
    print(f"smallest distance between hypotheses: {min(gaps):.6f}")
    if min(gaps) < 2e-5:
        raise SystemExit("another library could well swap two hypotheses: change a sentence or a seed")
    unsuppressed = [
        generate(model, case["sourceIds"], num_beams=1, bad_words_ids=None)[0]["targetIds"] for case in cases
    ]
    print("has pad unless suppressed:", sum(pad in ids for ids in unsuppressed))
    print("beam 4 differs from greedy:", sum(beams[0] != ids for beams, ids in zip(best, greedy)))
    print("length penalty changes the best:", sum(beams[1] != beams[2] for beams in best))
    for case in cases:
        print(repr(case["source"]), "->", repr(case["target"]))
    assert sum(ids[-1] == eos for ids in greedy) >= 5
    assert any(pad in ids for ids in unsuppressed)
    assert any(beams[0] != ids for beams, ids in zip(best, greedy))
    assert any(beams[1] != beams[2] for beams in best)

    versions = {
        module.__name__: module.__version__ for module in (torch, transformers, tokenizers, onnx, onnxruntime)
    }
    write_json(goldens / "marian.json", {"versions": versions, "cases": cases, "forced": forced})


main()
