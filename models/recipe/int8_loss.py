"""What int8 costs: chrF of greedy outputs of the averaged float32 parameters of a checkpoint, and of its int8 export, on the same
dev lines.

    python models/recipe/int8_loss.py --work WORK --corpora DIR [--model WORK/export] [--lines N]
"""

import argparse
import pathlib

import torch
from sacrebleu.metrics import CHRF

from clean import normalised
from model import Transformer
from onnx_greedy import BATCH_LINES, ExportedModel
from prepare import read_rows
from vocabulary import PAD_ID


def float_outputs(model, tokenizer, lines, prefix):
    """One greedy output per line, in order; sources of like length go together."""
    encoded = [[tokenizer.token_to_id(prefix), *encoding.ids] for encoding in tokenizer.encode_batch(lines)]
    order = sorted(range(len(lines)), key=lambda index: len(encoded[index]))
    outputs = [""] * len(lines)
    for start in range(0, len(order), BATCH_LINES):
        batch = order[start : start + BATCH_LINES]
        longest = len(encoded[batch[-1]])
        source = torch.tensor([encoded[index] + [PAD_ID] * (longest - len(encoded[index])) for index in batch])
        found = model.greedy(source, 2 * longest + 10)
        for index, text in zip(batch, tokenizer.decode_batch(found.tolist())):
            outputs[index] = text
    return outputs


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", required=True, type=pathlib.Path)
    parser.add_argument("--corpora", required=True, type=pathlib.Path)
    parser.add_argument("--model", type=pathlib.Path, help="default: the folder `export` of the work folder")
    parser.add_argument("--lines", type=int, default=300)
    arguments = parser.parse_args()
    exported = ExportedModel(arguments.model or arguments.work / "export", torch.get_num_threads())
    saved = torch.load(arguments.work / "checkpoint.pt", map_location="cpu", weights_only=False)
    model = Transformer(saved["config"]["model"], exported.tokenizer.get_vocab_size()).eval()
    model.load_state_dict(saved["average"])
    tasks = exported.manifest["tasks"]["translate"]
    for language in tasks["en"]["sources"]:
        rows = list(read_rows(arguments.corpora / "dev" / f"en-{language}.tsv"))[: arguments.lines]
        english, other = zip(*(tuple(map(normalised, row[-2:])) for row in rows))
        for sources, references, target in ((english, other, language), (other, english, "en")):
            prefix = tasks[target]["prefix"]
            scores = [
                CHRF().corpus_score(outputs, [references]).score
                for outputs in (
                    float_outputs(model, exported.tokenizer, sources, prefix),
                    exported.generate(list(sources), prefix),
                )
            ]
            print(
                f"{language}, into {target}: float32 {scores[0]:.2f}, int8 {scores[1]:.2f}, loss {scores[0] - scores[1]:.2f} chrF"
            )


if __name__ == "__main__":
    main()
