"""Stage `dataset`: cleaned lines -> token ids of training examples; and the batches that training reads, in an order that
depends on the seed and the position alone, so that a stopped run goes on where it was."""

import concurrent.futures
import json
import math
import pathlib
import random
import re

import numpy as np
from tokenizers import Tokenizer

from augment import augmented
from clean import normalised
from prepare import read_rows
from vocabulary import END_ID, PAD_ID, SUMMARY_PREFIX, split_row

NO_LINK = 255
JOINED_SHARE = 0.06
LINES_PER_BLOCK = 20000


class ExampleWriter:
    """Collects examples as flat token ids with offsets, one group per language, direction and trust."""

    def __init__(self, tokenizer):
        self.tokenizer = tokenizer
        self.sources, self.targets, self.groups = [], [], []
        self.group_names = []

    def add(self, prefix, group, pairs, source_limit, target_limit, cut_source=False):
        """Tokenises text pairs of one group. Those over a limit are left out, or cut when `cut_source`."""
        if group not in self.group_names:
            self.group_names.append(group)
        group_index = self.group_names.index(group)
        prefix_id = self.tokenizer.token_to_id(prefix)
        sources = self.tokenizer.encode_batch_fast([source for source, _ in pairs])
        targets = self.tokenizer.encode_batch_fast([target for _, target in pairs])
        for source, target in zip(sources, targets):
            source_ids, target_ids = [prefix_id, *source.ids], target.ids
            if len(source_ids) > source_limit and cut_source:
                source_ids = [*source_ids[: source_limit - 1], END_ID]
            if len(source_ids) > source_limit or len(target_ids) > target_limit:
                continue
            self.sources.append(np.array(source_ids, np.uint16))
            self.targets.append(np.array(target_ids, np.uint16))
            self.groups.append(group_index)

    def write(self, folder):
        folder.mkdir(parents=True, exist_ok=True)
        for side, examples in (("source", self.sources), ("target", self.targets)):
            np.save(folder / f"{side}.npy", np.concatenate(examples))
            np.save(folder / f"{side}_offsets.npy", np.cumsum([0] + [len(example) for example in examples]))
        np.save(folder / "groups.npy", np.array(self.groups, np.uint8))
        (folder / "groups.json").write_text(json.dumps(self.group_names))


def with_variants(pairs, share, rng):
    """Joins some neighbours into texts of several sentences and replaces a share of the pairs by robust variants."""
    pairs = list(pairs)
    varied = []
    index = 0
    while index < len(pairs):
        count = rng.randint(2, 3) if rng.random() < JOINED_SHARE else 1
        joined = pairs[index : index + count]
        index += count
        source, target = " ".join(source for source, _ in joined), " ".join(target for _, target in joined)
        varied.append(augmented(source, target, rng) if rng.random() < share else (source, target))
    return varied


def blocks(path):
    """Rows of a prepared file, `LINES_PER_BLOCK` at a time."""
    block = []
    with open(path, encoding="utf8") as lines:
        for line in lines:
            block.append(split_row(line))
            if len(block) == LINES_PER_BLOCK:
                yield block
                block = []
    if block:
        yield block


def make_language(config, work, language):
    """Writes `dataset/train/<language>`, unless it is there: both directions between English and the language."""
    folder = work / "dataset" / "train" / language
    if (folder / "groups.json").exists():
        return
    share, limit = config["data"]["augmented_share"], config["data"]["max_pair_tokens"]
    rng = random.Random(f"{config['training']['seed']} {language}")
    writer = ExampleWriter(Tokenizer.from_file(str(work / "tokenizer.json")))
    for block in blocks(work / "prepared" / f"{language}.tsv"):
        for trust in ("human", "everyday", "machine"):
            pairs = [(english, other) for level, english, other in block if level == trust]
            if pairs:
                backward = [(other, english) for english, other in pairs]
                writer.add(
                    f"<2{language}>", f"{trust} 2{language} from en", with_variants(pairs, share, rng), limit, limit
                )
                writer.add("<2en>", f"{trust} 2en from {language}", with_variants(backward, share, rng), limit, limit)
    writer.write(folder)


def make_summaries(config, work):
    """Writes `dataset/train/summary`, unless it is there."""
    folder = work / "dataset" / "train" / "summary"
    if (folder / "groups.json").exists():
        return
    settings = config["data"]
    writer = ExampleWriter(Tokenizer.from_file(str(work / "tokenizer.json")))
    for block in blocks(work / "prepared" / "summary.tsv"):
        writer.add(
            SUMMARY_PREFIX,
            "summary",
            block,
            settings["max_summary_source_tokens"],
            settings["max_pair_tokens"],
            cut_source=True,
        )
    writer.write(folder)


def make_training_set(config, work, processes=1):
    """Writes a folder of examples for each language whose prepared lines are there, and for the summaries."""
    work = pathlib.Path(work)
    names = [name for name in (*config["languages"], "summary") if (work / "prepared" / f"{name}.tsv").exists()]
    with concurrent.futures.ProcessPoolExecutor(min(processes, len(names))) as pool:
        made = [
            pool.submit(make_summaries, config, work)
            if name == "summary"
            else pool.submit(make_language, config, work, name)
            for name in names
        ]
        for future in made:
            future.result()
    for folder in training_folders(config, work):
        offsets = np.load(folder / "target_offsets.npy")
        print(f"dataset {folder.name}: {len(offsets) - 1} examples, {offsets[-1] / 1e6:.1f}M target tokens", flush=True)


def training_folders(config, work):
    """The folders of training examples that are there, in the order of the config."""
    root = pathlib.Path(work) / "dataset" / "train"
    return [root / name for name in (*config["languages"], "summary") if (root / name / "groups.json").exists()]


def make_dev_set(config, corpora, work):
    """Writes `dataset/dev`, unless it is there: the dev lines of each language and direction, and of the summaries, as they are."""
    work = pathlib.Path(work)
    folder = work / "dataset" / "dev"
    if (folder / "groups.json").exists():
        return
    dev = pathlib.Path(corpora) / "dev"
    writer = ExampleWriter(Tokenizer.from_file(str(work / "tokenizer.json")))
    for language in config["languages"]:
        for kind, path in (("", dev / f"en-{language}.tsv"), ("flores ", dev / "flores" / f"en-{language}.tsv")):
            pairs = [tuple(map(normalised, row[-2:])) for row in read_rows(path)]
            writer.add(f"<2{language}>", f"{kind}2{language}", pairs, 256, 256)
            writer.add("<2en>", f"{kind}2en from {language}", [(other, english) for english, other in pairs], 256, 256)
    summaries = [tuple(map(normalised, row[1:])) for row in read_rows(dev / "summary.tsv")]
    writer.add(SUMMARY_PREFIX, "summary", summaries, config["data"]["max_summary_source_tokens"], 256, cut_source=True)
    writer.write(folder)


def group_weight(name, data):
    """Weight of an example of a group such as `human 2es from en`: that of its trust, times those of its languages, times that of the
    language it goes to, where they have one."""
    trust, *direction = re.findall(r"[a-z]+", name)
    weights, target_weights = data.get("language_weights", {}), data.get("target_weights", {})
    of_languages = math.prod(weights.get(language, 1) for language in direction)
    return data["weights"][trust] * of_languages * math.prod(target_weights.get(language, 1) for language in direction[:1])


def joined_offsets(parts):
    """Offsets into the parts laid end to end, from the offsets into each."""
    starts = np.cumsum([0] + [part[-1] for part in parts])
    return np.concatenate([part[:-1] + start for part, start in zip(parts, starts)] + [starts[-1:]])


class Dataset:
    """Token ids of the examples in folders that `ExampleWriter` wrote, laid end to end, with word links where there are some."""

    def __init__(self, *folders):
        def load(name):
            return [np.load(folder / name) for folder in folders]

        self.source, self.target = np.concatenate(load("source.npy")), np.concatenate(load("target.npy"))
        self.source_offsets, self.target_offsets = (
            joined_offsets(load("source_offsets.npy")),
            joined_offsets(load("target_offsets.npy")),
        )
        self.group_names, groups = [], []
        for folder, members in zip(folders, load("groups.npy")):
            groups.append(members + len(self.group_names))
            self.group_names += json.loads((folder / "groups.json").read_text())
        self.groups = np.concatenate(groups)
        # [first or last source position, target token]; where nothing is known first is NO_LINK and last is 0.
        self.links = np.zeros((2, len(self.target)), np.uint8)
        self.links[0] = NO_LINK
        start = 0
        for folder, offsets in zip(folders, load("target_offsets.npy")):
            if (folder / "links.npy").exists():
                self.links[:, start : start + offsets[-1]] = np.load(folder / "links.npy")
            start += offsets[-1]
        if (self.links[0] == NO_LINK).all():
            self.links = None
        self.lengths = np.maximum(np.diff(self.source_offsets), np.diff(self.target_offsets))

    def __len__(self):
        return len(self.groups)

    def source_ids(self, index):
        return self.source[self.source_offsets[index] : self.source_offsets[index + 1]]

    def target_ids(self, index):
        return self.target[self.target_offsets[index] : self.target_offsets[index + 1]]

    def chunk(self, number, size, data, seed):
        """Indices of the examples of one chunk. Each group gives its share by the weights of `data`, the config's section, going
        round its own shuffled order."""
        shares = np.array(
            [np.sum(self.groups == g) * group_weight(name, data) for g, name in enumerate(self.group_names)]
        )
        quotas = np.maximum(1, np.round(size * shares / shares.sum()).astype(int))
        chosen = []
        for group, quota in enumerate(quotas):
            members = np.flatnonzero(self.groups == group)
            places = np.arange(number * quota, (number + 1) * quota)
            for lap in np.unique(places // len(members)):
                order = np.random.default_rng([seed, group, lap]).permutation(members)
                chosen.append(order[places[places // len(members) == lap] % len(members)])
        return np.concatenate(chosen)

    def batches(self, indices, batch_tokens, rng):
        """Lists of example indices of like length, each at most `batch_tokens` padded tokens a side, in shuffled order."""
        noise = rng.random(len(indices))
        order = indices[np.argsort(self.lengths[indices] + 2 * noise)]
        batches, batch, longest = [], [], 0
        for index in order:
            longest = max(longest, self.lengths[index])
            if batch and longest * (len(batch) + 1) > batch_tokens:
                batches.append(batch)
                batch, longest = [], self.lengths[index]
            batch.append(index)
        batches.append(batch)
        rng.shuffle(batches)
        return batches

    def padded(self, batch):
        """(source ids [example, source], target ids [example, target], links [2, example, target] or None), int64."""
        source = np.full((len(batch), max(len(self.source_ids(i)) for i in batch)), PAD_ID, np.int64)
        target = np.full((len(batch), max(len(self.target_ids(i)) for i in batch)), PAD_ID, np.int64)
        links = None
        if self.links is not None:
            links = np.zeros((2, *target.shape), np.int64)
            links[0] = NO_LINK
        for row, index in enumerate(batch):
            source_ids, target_ids = self.source_ids(index), self.target_ids(index)
            source[row, : len(source_ids)] = source_ids
            target[row, : len(target_ids)] = target_ids
            if links is not None:
                links[:, row, : len(target_ids)] = self.links[
                    :, self.target_offsets[index] : self.target_offsets[index + 1]
                ]
        return source, target, links
