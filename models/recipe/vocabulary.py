"""Stage `vocabulary`: a BPE vocabulary with byte fallback that Python `tokenizers` and JavaScript `@huggingface/tokenizers` read alike.

Pieces never cross punctuation or digits: the trainer sees text split there, the finished tokenizer splits at spaces only
and has no merge that could cross.
"""

import itertools
import json
import pathlib
import random

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

END, PAD, UNKNOWN = "</s>", "<pad>", "<unk>"
END_ID, PAD_ID, UNKNOWN_ID = 0, 1, 2
LANGUAGES = ("en", "es", "de", "fr", "pt", "ru", "ja", "ko", "zh")
SUMMARY_PREFIX = "<sum>"
PREFIXES = [f"<2{language}>" for language in LANGUAGES] + [SUMMARY_PREFIX]
BYTES = [f"<0x{value:02X}>" for value in range(256)]


def metaspace():
    return pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always", split=True)


def train_vocabulary(lines, size, alphabet):
    """A tokenizer of `size` pieces over the given texts; `alphabet` is the number of characters that get a piece of their own."""
    tokenizer = Tokenizer(models.BPE(unk_token=UNKNOWN, byte_fallback=True))
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [metaspace(), pre_tokenizers.Split(Regex(r"[^\p{L}\p{M}▁]"), behavior="isolated")]
    )
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        special_tokens=[END, PAD, UNKNOWN, *PREFIXES, *BYTES],
        limit_alphabet=alphabet,
        initial_alphabet=[chr(code) for code in range(33, 127)],
        max_token_length=20,
        show_progress=False,
    )
    tokenizer.train_from_iterator(lines, trainer)
    tokenizer.pre_tokenizer = metaspace()
    tokenizer.decoder = decoders.Sequence(
        [decoders.ByteFallback(), decoders.Metaspace(replacement="▁", prepend_scheme="always", split=True)]
    )
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"$A {END}", pair=f"$A {END} $B {END}", special_tokens=[(END, END_ID)]
    )
    described = json.loads(tokenizer.to_str())
    # Byte pieces among the added tokens would be dropped when decoding with skip_special_tokens.
    described["added_tokens"] = [token for token in described["added_tokens"] if token["content"] not in BYTES]
    return json.dumps(described, ensure_ascii=False)


def sample_lines(config, prepared):
    """The texts that the vocabulary is trained on: the configured number of lines of each language, English from all of them."""
    rng = random.Random(config["training"]["seed"])
    wanted = config["vocabulary"]["lines_per_language"]
    english_share = config["vocabulary"]["english_lines"] / sum(wanted.values())
    for language, count in wanted.items():
        with open(prepared / f"{language}.tsv", encoding="utf8") as lines:
            rows = [row for row in map(split_row, lines) if row[0] != "machine"]
        rng.shuffle(rows)
        yield from (other for _, _, other in rows[:count])
        yield from (english for _, english, _ in rows[: int(count * english_share)])
    with open(prepared / "summary.tsv", encoding="utf8") as lines:
        yield from (split_row(line)[1] for line in itertools.islice(lines, 20000))


def split_row(line):
    return line.rstrip("\n").split("\t")


def make_vocabulary(config, work):
    """Writes `tokenizer.json`, unless it is there."""
    work = pathlib.Path(work)
    path = work / "tokenizer.json"
    if path.exists():
        return
    size, alphabet = config["vocabulary"]["size"], config["vocabulary"]["alphabet"]
    path.write_text(train_vocabulary(sample_lines(config, work / "prepared"), size, alphabet), encoding="utf8")
    print("vocabulary", Tokenizer.from_file(str(path)).get_vocab_size(), flush=True)
