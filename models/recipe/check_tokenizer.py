"""Token ids and decoded texts are equal in Python and in JavaScript: on the lines of the smoke test, and by hand on every dev line.

python models/recipe/check_tokenizer.py --model DIR --corpora DIR
"""

import argparse
import json
import pathlib
import subprocess

from tokenizers import Tokenizer

from prepare import read_rows

HERE = pathlib.Path(__file__).parent


def check_tokenizer(folder, lines):
    """Fails on the first line whose ids or decoded text differ, or that has an unknown token."""
    folder = pathlib.Path(folder)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    command = ["node", HERE / "javascript_ids.mjs", folder / "tokenizer.json", folder / "tokenizer_config.json"]
    given = "".join(json.dumps(line) + "\n" for line in lines)
    printed = subprocess.run(command, input=given, capture_output=True, text=True, check=True).stdout.splitlines()
    assert len(printed) == len(lines), f"{len(lines)} lines in, {len(printed)} out"
    for line, found in zip(lines, map(json.loads, printed)):
        encoding = tokenizer.encode(line)
        assert found["ids"] == encoding.ids, f"ids of {line!r}: Python {encoding.ids}, JavaScript {found['ids']}"
        text = tokenizer.decode(encoding.ids)
        assert found["text"] == text, f"decoding {line!r}: Python {text!r}, JavaScript {found['text']!r}"
        assert "<unk>" not in encoding.tokens or "<unk>" in line, f"{line!r} has an unknown token"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", required=True)
    parser.add_argument("--corpora", required=True)
    arguments = parser.parse_args()
    dev = pathlib.Path(arguments.corpora) / "dev"
    for path in sorted(dev.rglob("*.tsv")):
        texts = [text for row in read_rows(path) for text in row if text]
        check_tokenizer(arguments.model, texts)
        print(f"{path.relative_to(dev)}: {len(texts)} texts, all equal", flush=True)


if __name__ == "__main__":
    main()
