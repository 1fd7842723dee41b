"""Measures a model folder on the dev lines, through the project's own terminal program, and writes one table.

    python models/recipe/quality.py --model DIR --corpora DIR [--program dist/cli.js | onnxruntime] [--lines N] [--card README.md]

`--program onnxruntime` measures the bare export instead (greedy only, no links). With `--card` the table replaces the part
between the two `quality` marks of that file, and the scores go into the folder's headlight.json.
"""

import argparse
import base64
import collections
import datetime
import json
import pathlib
import re
import subprocess
import tempfile
import time

import numpy as np
from rouge_score.rouge_scorer import RougeScorer
from sacrebleu.metrics import BLEU, CHRF

from augment import SHARED_SPAN
from clean import is_in_language, normalised
from onnx_greedy import ExportedModel
from prepare import read_rows

PROTECTED = re.compile(rf"{SHARED_SPAN.pattern}|(?<![\w.])\d+(?:[.,]\d+)*\b")
SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z`])")
MARKS = ("<!-- quality -->", "<!-- /quality -->")


class Program:
    """The terminal program over one model folder."""

    def __init__(self, path, model, beams):
        self.path, self.model, self.beams = path, model, beams

    def results(self, command, text, suffix, *arguments):
        """(the JSON objects that the program prints for a file of this text, seconds)."""
        with tempfile.NamedTemporaryFile("w", suffix=suffix, encoding="utf8") as file:
            file.write(text)
            file.flush()
            options = ["--json", "--model", self.model, "--beams", str(self.beams), *arguments]
            command_line = ["node", self.path, command, *options, "--file", file.name]
            start = time.time()
            result = subprocess.run(command_line, capture_output=True, text=True)
        if result.returncode:
            raise SystemExit(f"{' '.join(command_line)}: exit code {result.returncode}: {result.stderr.strip()}")
        return [json.loads(line) for line in result.stdout.splitlines()], time.time() - start

    def run(self, command, lines, *arguments):
        """(one JSON object per line, seconds), from the model alone."""
        text = "".join(f"{line}\n" for line in lines)
        found, seconds = self.results(command, text, ".txt", "--lines", *arguments)
        if len(found) != len(lines):
            raise SystemExit(f"{command}: {len(lines)} lines in, {len(found)} results out")
        return found, seconds

    def translate_checked(self, lines, source_language, target_language):
        """(outputs, counts) of the lines as the values of a JSON document, whose protected spans are checked and repaired."""
        languages = ["--from", source_language, "--to", target_language]
        (found,), _ = self.results(
            "translate", json.dumps(lines, ensure_ascii=False, indent=0), ".json", "--format", "json", *languages
        )
        return json.loads(found["target"]), found["counts"]

    def translate(self, lines, source_language, target_language):
        return self.run("translate", lines, "--from", source_language, "--to", target_language)

    def summarize(self, lines):
        return self.run("summarize", lines)


class BareExport:
    """The same over onnxruntime in Python, for the export alone."""

    def __init__(self, model):
        self.model = ExportedModel(model)

    def generate(self, lines, prefix):
        start = time.time()
        found = [{"source": line, "target": target} for line, target in zip(lines, self.model.generate(lines, prefix))]
        return found, time.time() - start

    def translate(self, lines, _source_language, target_language):
        return self.generate(lines, self.model.manifest["tasks"]["translate"][target_language]["prefix"])

    def summarize(self, lines):
        return self.generate(lines, self.model.manifest["tasks"]["summarize"]["prefix"])


def protected_spans(text):
    return collections.Counter(PROTECTED.findall(text))


def kept_share(sources, references, outputs):
    """Share of the protected spans of the sources that the outputs keep, in percent. Counted are those the reference keeps."""
    wanted = kept = 0
    for source, reference, output in zip(sources, references, outputs):
        due = protected_spans(source) & protected_spans(reference)
        wanted += due.total()
        kept += sum(min(count, output.count(span)) for span, count in due.items())
    return 100 * kept / max(1, wanted)


def repeats(text):
    """True when the same three words follow each other three times, or one word five times."""
    return re.search(r"\b(\w+(?: \w+){2})(?: \1){2}\b|\b(\w+)(?: \2){4}\b", text) is not None


def translation_scores(sources, references, found, seconds, language):
    outputs = [result["target"] for result in found]
    tokens = sum(len(segment["targetIds"]) for result in found for segment in result.get("segments", []))
    count = len(outputs)
    return {
        "chrf": CHRF().corpus_score(outputs, [references]).score,
        "bleu": BLEU(tokenize={"ja": "char", "ko": "char", "zh": "zh"}.get(language, "13a"))
        .corpus_score(outputs, [references])
        .score,
        "spans kept %": kept_share(sources, references, outputs),
        "untranslated %": 100 * sum(o == s and s != r for o, s, r in zip(outputs, sources, references)) / count,
        "empty %": 100 * sum(not output.strip() for output in outputs) / count,
        "repeated %": 100 * sum(map(repeats, outputs)) / count,
        "wrong language %": 100 * sum(not is_in_language(output, language) for output in outputs) / count,
        "tokens/s": tokens / seconds,
    }


def checked_scores(program, sources, references, source_language, target_language):
    """What the checks of protected spans make of the same lines."""
    outputs, counts = program.translate_checked(sources, source_language, target_language)
    return {
        "spans kept, checked %": kept_share(sources, references, outputs),
        "left by the checks %": 100 * counts["left"] / max(1, counts["sentences"]),
    }


def lead_sentence(text):
    return SENTENCE_END.split(text)[0]


def summary_scores(texts, references, found):
    scorer = RougeScorer(["rougeL"], use_stemmer=True)

    def mean(candidates):
        return 100 * float(np.mean([scorer.score(r, c)["rougeL"].fmeasure for r, c in zip(references, candidates)]))

    outputs = [result["target"] for result in found]
    return {
        "rouge-l": mean(outputs),
        "rouge-l of the lead sentence": mean(lead_sentence(text) for text in texts),
        "extracts %": 100 * sum(result.get("kind") == "extract" for result in found) / len(found),
        "empty %": 100 * sum(not output.strip() for output in outputs) / len(outputs),
        "repeated %": 100 * sum(map(repeats, outputs)) / len(outputs),
    }


def tokens_of_span(text, ranges, span):
    """Indices of the tokens that make up the only occurrence of `span` in the text, or none."""
    if text.count(span) != 1:
        return set()
    start, end = text.index(span), text.index(span) + len(span)
    return {index for index, (first, last) in enumerate(ranges) if first < end and last > start}


def link_scores(program, manifest, lines, source_language, target_language):
    """Share of target tokens of identifiers, numbers and code spans that stand once on both sides, whose strongest source
    token is one of the same span, in percent."""
    found, _ = program.run("attention", lines, "--from", source_language, "--to", target_language)
    alignment = manifest["alignment"]
    right = total = 0
    for result in found:
        if len(result["segments"]) != 1:
            continue
        cross = result["attention"]["cross"]
        weights = np.frombuffer(base64.b64decode(cross["data"]), np.float32).reshape(cross["shape"])
        weights = weights[alignment["layer"], alignment["heads"]].mean(0)
        for span in set(PROTECTED.findall(result["source"])):
            source = tokens_of_span(result["source"], result["sourceRanges"], span)
            target = tokens_of_span(result["target"], result["targetRanges"], span)
            rows = [
                index + alignment["inputShift"] for index in target if index + alignment["inputShift"] < len(weights)
            ]
            if source and rows:
                right += sum(int(weights[row].argmax()) in source for row in rows)
                total += len(rows)
    return {"links right %": 100 * right / max(1, total), "links": total}


def measure(program, manifest, corpora, line_limit, with_links):
    """Scores by name of what was measured, for every language and direction of the manifest and for summaries."""
    dev, scores = pathlib.Path(corpora) / "dev", {}
    languages = manifest["tasks"]["translate"]["en"]["sources"]
    for language in languages:
        for name, path in (("docs", dev / f"en-{language}.tsv"), ("flores", dev / "flores" / f"en-{language}.tsv")):
            pairs = [tuple(map(normalised, row[-2:])) for row in read_rows(path)][:line_limit]
            english, other = map(list, zip(*pairs))
            for sources, references, source_language, target_language in (
                (english, other, "en", language),
                (other, english, language, "en"),
            ):
                found, seconds = program.translate(sources, source_language, target_language)
                entry = translation_scores(sources, references, found, seconds, target_language)
                if with_links and name == "docs":
                    entry |= checked_scores(program, sources, references, source_language, target_language)
                    entry |= link_scores(program, manifest, sources, source_language, target_language)
                scores[f"{name} {source_language}-{target_language}"] = entry
                print(
                    f"{name} {source_language}-{target_language}",
                    {key: round(value, 2) for key, value in entry.items()},
                    flush=True,
                )
    rows = [tuple(map(normalised, row[1:])) for row in read_rows(dev / "summary.tsv")][:line_limit]
    texts, references = map(list, zip(*rows))
    scores["summary en"] = summary_scores(texts, references, program.summarize(texts)[0])
    print("summary en", {key: round(value, 2) for key, value in scores["summary en"].items()}, flush=True)
    return scores


def table(all_scores, commit, line_limit=None):
    """Markdown: one table for translations, one for summaries, and what made them."""
    extent = "" if line_limit is None else f"the first {line_limit} lines of each set of "
    lines = [
        f"Measured {datetime.date.today()} at commit {commit}, on {extent}`dev/` of the corpora (docs: 1,000 human pairs a language; flores: FLORES-200 dev).",
        "",
    ]
    for kind in ("translation", "summary"):
        entries = [
            (name, search, entry)
            for search, scores in all_scores.items()
            for name, entry in scores.items()
            if ("summary" in name) == (kind == "summary")
        ]
        columns = list(dict.fromkeys(key for _, _, entry in entries for key in entry))
        lines += [f"| {kind} | search | {' | '.join(columns)} |", "|---" * (len(columns) + 2) + "|"]
        for name, search, entry in sorted(entries, key=lambda row: row[0]):
            lines.append(
                f"| {name} | {search} | {' | '.join(f'{entry[c]:.1f}' if c in entry else '' for c in columns)} |"
            )
        lines.append("")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", required=True)
    parser.add_argument("--corpora", required=True)
    parser.add_argument("--program", default="dist/cli.js")
    parser.add_argument("--beams", type=int, nargs="+", default=[1, 4])
    parser.add_argument("--lines", type=int, default=None, help="only the first lines of each set; default: all")
    parser.add_argument("--card", help="Markdown file with the two quality marks; default: print only")
    arguments = parser.parse_args()
    manifest_path = pathlib.Path(arguments.model) / "headlight.json"
    manifest = json.loads(manifest_path.read_text(encoding="utf8"))
    bare = arguments.program == "onnxruntime"
    all_scores = {}
    for beams in [1] if bare else arguments.beams:
        program = BareExport(arguments.model) if bare else Program(arguments.program, arguments.model, beams)
        search = "greedy" if beams == 1 else f"beam {beams}"
        all_scores[search] = measure(
            program, manifest, arguments.corpora, arguments.lines, with_links=not bare and beams == 1
        )
    commit = (
        subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
        or "unknown"
    )
    text = table(all_scores, commit, arguments.lines)
    print(text)
    if arguments.card:
        card = pathlib.Path(arguments.card)
        before, _, rest = card.read_text(encoding="utf8").partition(MARKS[0])
        card.write_text(f"{before}{MARKS[0]}\n{text}\n{MARKS[1]}{rest.partition(MARKS[1])[2]}", encoding="utf8")
        manifest["scores"] = {
            s: {n: {k: round(v, 1) for k, v in e.items()} for n, e in scores.items()}
            for s, scores in all_scores.items()
        }
        manifest_path.write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", encoding="utf8")


if __name__ == "__main__":
    main()
