"""Tiny tokenizers with the conventions of each family: the same classes, files and special tokens as the real ones."""

import io
import json
import random
from pathlib import Path

import sentencepiece
import transformers
from sentencepiece import sentencepiece_model_pb2
from tokenizers import ByteLevelBPETokenizer, normalizers

words = """the a small red old file key server window button error warning text word line page cat dog opens closes
reads writes finds sees sends moves it she they we not never always now here slowly and or with without from into over
casa perro abre cierra mañana él""".split()

normalization_rules = {
    # Like the nmt_nfkc of the real models, in a few lines instead of 240 KB.
    **{chr(0xFF01 + offset): chr(0x21 + offset) for offset in range(94)},
    **{space: " " for space in "\t\n\r\u00a0\u2003\u3000"},
    **{"ﬁ": "fi", "ﬂ": "fl", "…": "...", "²": "2", "㍿": "株式会社", "™": "TM", "½": "1⁄2"},
    **{"\u00ad": "", "\u200b": " "},
    **{"e\u0301": "é", "a\u0301": "á", "n\u0303": "ñ", "A\u030a": "Å", "\u212b": "Å"},
}


def sentence(generator: random.Random) -> str:
    return " ".join(generator.choice(words) for _ in range(generator.randint(1, 7)))


def train_sentencepiece(kind: str, size: int, folder: Path, **settings) -> bytes:
    """A SentencePiece model of words and their parts; `kind` is `unigram` or `bpe`."""
    generator = random.Random(1)
    lines = [sentence(generator) for _ in range(600)]
    lines += ["abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ 0123456789 .,;:!?()'-"] * 3
    rules = folder / "rules.tsv"
    rules.write_text(
        "".join(
            " ".join(f"{ord(character):X}" for character in source)
            + "\t"
            + " ".join(f"{ord(character):X}" for character in target)
            + "\n"
            for source, target in sorted(normalization_rules.items())
        )
    )
    output = io.BytesIO()
    if "normalization_rule_name" not in settings:
        settings["normalization_rule_tsv"] = str(rules)
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines),
        model_writer=output,
        model_type=kind,
        vocab_size=size,
        character_coverage=1.0,
        hard_vocab_limit=False,
        num_threads=1,
        minloglevel=2,
        **settings,
    )
    rules.unlink()
    proto = parsed(output.getvalue())
    proto.normalizer_spec.ClearField("normalization_rule_tsv")  # the path of a temporary file
    return proto.SerializeToString(deterministic=True)


def parsed(model: bytes) -> sentencepiece_model_pb2.ModelProto:
    proto = sentencepiece_model_pb2.ModelProto()
    proto.ParseFromString(model)
    return proto


def charsmap(model: bytes) -> bytes:
    return parsed(model).normalizer_spec.precompiled_charsmap


class Vocabulary:
    """A tokenizer of transformers and what a source and a target look like in its family. `task` is one of a family's
    tasks: {"prefix", "from", "to"}, each optional."""

    def __init__(self, tokenizer, files: tuple[str, ...], folder: Path):
        self.tokenizer = tokenizer
        self.files = files
        self.folder = folder

    def source(self, text: str, task: dict) -> list[int]:
        if "from" in task:
            self.tokenizer.src_lang = task["from"]
        return self.tokenizer(task.get("prefix", "") + text).input_ids

    def target(self, text: str, task: dict) -> list[int]:
        body = self.tokenizer(text, add_special_tokens=False).input_ids
        return [*self.target_start(task), *body, self.tokenizer.eos_token_id]

    def target_start(self, task: dict) -> list[int]:
        return []

    def forced(self, task: dict) -> dict:
        """Options of `generate` that choose the target language."""
        return {}

    def decode(self, ids: list[int]) -> str:
        return self.tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False)

    def __len__(self) -> int:
        return len(self.tokenizer)

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        if "tokenizer.json" in self.files:
            (folder / "tokenizer.json").write_text(self.tokenizer.backend_tokenizer.to_str(), encoding="utf-8")
        for name in self.files:
            if name != "tokenizer.json":
                (folder / name).write_bytes((self.folder / name).read_bytes())
        config = {
            "tokenizer_class": type(self.tokenizer).__name__,
            "model_max_length": 64,
            "clean_up_tokenization_spaces": False,
        }
        tokens = ("bos_token", "eos_token", "unk_token", "pad_token")
        for name in (*tokens, "src_lang", "tgt_lang", "source_lang", "target_lang"):
            value = getattr(self.tokenizer, name, None)
            if value is not None:
                config[name] = value
        (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=1) + "\n")


class LanguageVocabulary(Vocabulary):
    """The target starts with the token of its language."""

    def token(self, language: str) -> int:
        return self.tokenizer.convert_tokens_to_ids(language)

    def target_start(self, task: dict) -> list[int]:
        return [self.token(task["to"])]

    def forced(self, task: dict) -> dict:
        return {"forced_bos_token_id": self.token(task["to"])}


class M2m100Vocabulary(LanguageVocabulary):
    """The languages come after the pieces, and vocab.json does not list them."""

    def __len__(self) -> int:
        return self.tokenizer.encoder_size + len(self.tokenizer.lang_token_to_id)

    def token(self, language: str) -> int:
        return self.tokenizer.get_lang_id(language)


class MbartVocabulary(LanguageVocabulary):
    """The decoder starts with the token of the language, so the target needs none."""

    def target_start(self, task: dict) -> list[int]:
        return []

    def forced(self, task: dict) -> dict:
        return {}


class BartVocabulary(Vocabulary):
    def target_start(self, task: dict) -> list[int]:
        return [self.tokenizer.bos_token_id]


def t5(folder: Path) -> Vocabulary:
    model = train_sentencepiece("unigram", 180, folder, pad_id=0, eos_id=1, unk_id=2, bos_id=-1)
    (folder / "spiece.model").write_bytes(model)
    tokenizer = transformers.T5Tokenizer.from_pretrained(folder, extra_ids=10)
    return Vocabulary(tokenizer, ("tokenizer.json",), folder)


def pegasus(folder: Path) -> Vocabulary:
    model = train_sentencepiece("unigram", 180, folder, pad_id=0, eos_id=1, unk_id=2, bos_id=-1)
    (folder / "spiece.model").write_bytes(model)
    return Vocabulary(transformers.PegasusTokenizer.from_pretrained(folder), ("tokenizer.json",), folder)


def bart(folder: Path) -> Vocabulary:
    generator = random.Random(1)
    trainer = ByteLevelBPETokenizer()
    trainer.train_from_iterator(
        [sentence(generator) for _ in range(600)],
        vocab_size=330,
        special_tokens=["<s>", "<pad>", "</s>", "<unk>"],
        show_progress=False,
    )
    trainer.save_model(str(folder))
    tokenizer = transformers.BartTokenizer.from_pretrained(folder)
    return BartVocabulary(tokenizer, ("tokenizer.json",), folder)


def mbart(folder: Path) -> Vocabulary:
    model = train_sentencepiece("unigram", 180, folder)
    (folder / "sentencepiece.bpe.model").write_bytes(model)
    tokenizer = transformers.MBartTokenizer.from_pretrained(folder, src_lang="en_XX", tgt_lang="ro_RO")
    # The files of the real models have it; this version of transformers leaves it out when it converts.
    tokenizer.backend_tokenizer.normalizer = normalizers.Precompiled(charsmap(model))
    return MbartVocabulary(tokenizer, ("tokenizer.json",), folder)


def nllb(folder: Path) -> Vocabulary:
    (folder / "sentencepiece.bpe.model").write_bytes(train_sentencepiece("bpe", 180, folder))
    tokenizer = transformers.NllbTokenizer.from_pretrained(
        folder, src_lang="eng_Latn", tgt_lang="spa_Latn", extra_special_tokens=["deu_Latn", "eng_Latn", "spa_Latn"]
    )
    return LanguageVocabulary(tokenizer, ("tokenizer.json",), folder)


def m2m100(folder: Path) -> Vocabulary:
    model = train_sentencepiece("bpe", 180, folder)
    (folder / "sentencepiece.bpe.model").write_bytes(model)
    pieces = pieces_of(model)
    names = ["<s>", "<pad>", "</s>", "<unk>", *[piece for piece in pieces if piece not in ("<s>", "</s>", "<unk>")]]
    # The real file lacks some pieces of its SentencePiece model, too.
    names.remove("▁slowly" if "▁slowly" in names else names[-1])
    write_vocabulary(folder / "vocab.json", names)
    languages = transformers.models.m2m_100.tokenization_m2m_100.FAIRSEQ_LANGUAGE_CODES["m2m100"]
    tokenizer = transformers.M2M100Tokenizer(
        vocab_file=str(folder / "vocab.json"),
        spm_file=str(folder / "sentencepiece.bpe.model"),
        src_lang="en",
        tgt_lang="es",
        # As tokenizer_config.json of the real models has them.
        additional_special_tokens=[f"__{code}__" for code in languages],
    )
    return M2m100Vocabulary(tokenizer, ("sentencepiece.bpe.model", "vocab.json"), folder)


def opus_mt(folder: Path) -> Vocabulary:
    """Source and target have a model each; vocab.json numbers the pieces of both."""
    source = train_sentencepiece("unigram", 160, folder, normalization_rule_name="nmt_nfkc")
    target = train_sentencepiece("unigram", 120, folder, normalization_rule_name="identity")
    (folder / "source.spm").write_bytes(source)
    (folder / "target.spm").write_bytes(target)
    both = list(dict.fromkeys([*pieces_of(target), *pieces_of(source)]))
    special = ("<s>", "</s>", "<unk>")
    languages = [">>deu<<", ">>spa<<"]
    names = ["</s>", "<unk>", *languages, *[piece for piece in both if piece not in special], "<pad>"]
    write_vocabulary(folder / "vocab.json", names)
    tokenizer = transformers.MarianTokenizer(
        source_spm=str(folder / "source.spm"),
        target_spm=str(folder / "target.spm"),
        vocab=str(folder / "vocab.json"),
        source_lang="en",
        target_lang="mul",
    )
    return Vocabulary(tokenizer, ("source.spm", "target.spm", "vocab.json"), folder)


def pieces_of(model: bytes) -> list[str]:
    processor = sentencepiece.SentencePieceProcessor(model_proto=model)
    return [processor.id_to_piece(index) for index in range(processor.get_piece_size())]


def write_vocabulary(file: Path, names: list[str]) -> None:
    file.write_text(
        json.dumps({name: index for index, name in enumerate(names)}, ensure_ascii=False, indent=0) + "\n",
        encoding="utf-8",
    )
