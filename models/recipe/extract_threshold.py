"""What a threshold for unsure summaries would give: ROUGE-L on the dev texts when every summary whose score is lower is replaced
by the lead sentence.

    python models/recipe/extract_threshold.py --model DIR --corpora DIR [--program dist/cli.js] [--beams 1 4]
"""

import argparse
import json
import pathlib
import shutil
import tempfile

import numpy as np
from rouge_score.rouge_scorer import RougeScorer

from clean import normalised
from prepare import read_rows
from quality import Program, lead_sentence

QUANTILES = 10


def without_threshold(model, folder):
    """A copy of the model folder whose summaries are never replaced."""
    shutil.copytree(model, folder)
    path = pathlib.Path(folder) / "headlight.json"
    manifest = json.loads(path.read_text(encoding="utf8"))
    manifest["tasks"]["summarize"].pop("extractBelow", None)
    path.write_text(json.dumps(manifest), encoding="utf8")
    return folder


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", required=True)
    parser.add_argument("--corpora", required=True)
    parser.add_argument("--program", default="dist/cli.js")
    parser.add_argument("--beams", type=int, nargs="+", default=[1, 4])
    arguments = parser.parse_args()
    rows = read_rows(pathlib.Path(arguments.corpora) / "dev" / "summary.tsv")
    texts, references = zip(*(tuple(map(normalised, row[1:])) for row in rows))
    scorer = RougeScorer(["rougeL"], use_stemmer=True)
    extracts = np.array([scorer.score(r, lead_sentence(t))["rougeL"].fmeasure for t, r in zip(texts, references)])
    for beams in arguments.beams:
        with tempfile.TemporaryDirectory() as temporary:
            model = without_threshold(arguments.model, pathlib.Path(temporary) / "model")
            found, _ = Program(arguments.program, str(model), beams).summarize(texts)
        abstracts = np.array([scorer.score(r, f["target"])["rougeL"].fmeasure for r, f in zip(references, found)])
        scores = np.array([min(np.mean(segment["logProbabilities"]) for segment in f["segments"]) for f in found])
        for threshold in [-np.inf, *np.quantile(scores, np.arange(1, QUANTILES) / QUANTILES)]:
            rouge = np.where(scores < threshold, extracts, abstracts).mean()
            print(
                f"{beams} beams, below {threshold:6.2f}: {100 * (scores < threshold).mean():3.0f} % extracts, ROUGE-L {100 * rouge:.1f}"
            )


if __name__ == "__main__":
    main()
