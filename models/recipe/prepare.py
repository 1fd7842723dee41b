"""Stage `prepare`: corpora -> cleaned lines, grouped by how far they are trusted, and the counts of what was dropped."""

import collections
import concurrent.futures
import json
import lzma
import pathlib

from clean import normalised, pair_fault, summary_fault, tidied_machine_text


def trust(source_id):
    """`machine` for machine-made text, `everyday` for short general sentences, else `human`."""
    if source_id.endswith("-mt"):
        return "machine"
    return "everyday" if source_id == "tatoeba" else "human"


def read_rows(path):
    """Rows of a .tsv or .tsv.xz file."""
    opened = lzma.open(path, "rt", encoding="utf8") if path.suffix == ".xz" else open(path, encoding="utf8")
    with opened as lines:
        for line in lines:
            yield line.rstrip("\n").split("\t")


def held_out_texts(dev_folder, language):
    """Every text of the dev lines of one language: no training line may contain one of them on either side."""
    texts = set()
    for path in (dev_folder / f"en-{language}.tsv", dev_folder / "flores" / f"en-{language}.tsv"):
        if path.exists():
            for row in read_rows(path):
                texts.update(normalised(text).lower() for text in row[-2:])
    return texts


def prepare_language(corpora, language, out):
    """Writes `<language>.tsv` (trust, English, other), in corpus order; returns counts by source and rule."""
    held_out = held_out_texts(corpora / "dev", language)
    seen = set()
    counts = collections.defaultdict(collections.Counter)
    with open(out / f"{language}.tsv", "w", encoding="utf8") as written:
        for folder in (corpora, corpora / "more"):
            path = folder / f"en-{language}.tsv.xz"
            for source_id, english, other in read_rows(path) if path.exists() else ():
                english, other = normalised(english), normalised(other)
                level = trust(source_id)
                if level == "machine":
                    english, other = tidied_machine_text(english), tidied_machine_text(other)
                key = hash((english.lower(), other.lower()))
                if english.lower() in held_out or other.lower() in held_out:
                    fault = "in dev"
                elif key in seen:
                    fault = "duplicate"
                else:
                    fault = pair_fault(english, other, language)
                seen.add(key)
                counts[source_id][fault or "kept"] += 1
                if fault is None:
                    written.write(f"{level}\t{english}\t{other}\n")
    return counts


def prepare_summaries(corpora, out):
    """Writes `summary.tsv` (text, summary); returns counts by kind and rule."""
    dev = corpora / "dev" / "summary.tsv"
    held_out = {normalised(text) for row in (read_rows(dev) if dev.exists() else ()) for text in row[1:]}
    counts = collections.defaultdict(collections.Counter)
    with open(out / "summary.tsv", "w", encoding="utf8") as written:
        for kind, text, summary in read_rows(corpora / "summary.tsv.xz"):
            text, summary = normalised(text), normalised(summary)
            fault = "in dev" if text in held_out or summary in held_out else summary_fault(text, summary)
            counts[kind][fault or "kept"] += 1
            if fault is None:
                written.write(f"{text}\t{summary}\n")
    return counts


def prepare_one(name, corpora, out):
    """Prepares one language, or `summary`, unless its counts are there."""
    stats = out / f"{name}.stats.json"
    if stats.exists():
        return
    counts = prepare_summaries(corpora, out) if name == "summary" else prepare_language(corpora, name, out)
    stats.write_text(json.dumps(counts, indent=1))
    total = sum(counts.values(), collections.Counter())
    print(name, dict(total.most_common()), flush=True)


def prepare(config, corpora, work, processes=1):
    """Prepares every language that the model or its vocabulary needs. A language already prepared is left as it is."""
    corpora, out = pathlib.Path(corpora), pathlib.Path(work) / "prepared"
    out.mkdir(parents=True, exist_ok=True)
    names = ["summary", *dict.fromkeys([*config["vocabulary"]["lines_per_language"], *config["languages"]])]
    with concurrent.futures.ProcessPoolExecutor(processes) as pool:
        for future in [pool.submit(prepare_one, name, corpora, out) for name in names]:
            future.result()
