"""The whole recipe on a tiny corpus that this script makes up, in under two minutes; ends with an error at the first thing that is wrong.

    python models/recipe/smoke.py

Needs the packages of requirements.txt, and Node with the repository's packages for the comparison of tokenizers.
"""

import hashlib
import json
import lzma
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

os.environ["OMP_NUM_THREADS"] = os.environ["RAYON_NUM_THREADS"] = (
    "1"  # two threads on tiny matrices wait for each other
)

import torch
from sacrebleu.metrics import CHRF
from tokenizers import Tokenizer

import quality
import warm_start
from check_tokenizer import check_tokenizer
from dataset import NO_LINK, Dataset
from model import Transformer
from onnx_greedy import ExportedModel
from run import HERE, read_config

SUBJECTS = {
    "the function": "la función",
    "this method": "este método",
    "the server": "el servidor",
    "each file": "cada archivo",
    "the user": "el usuario",
    "your editor": "su editor",
}
VERBS = {
    "returns": "devuelve",
    "opens": "abre",
    "reads": "lee",
    "deletes": "elimina",
    "writes": "escribe",
    "needs": "necesita",
    "creates": "crea",
}
OBJECTS = {
    "a list": "una lista",
    "the value": "el valor",
    "an error": "un error",
    "the page": "la página",
    "a new line": "una línea nueva",
    "the key": "la clave",
}
ENDINGS = {
    "": "",
    " when it starts": " cuando empieza",
    " without a name": " sin nombre",
    " for the client": " para el cliente",
    " in the folder": " en la carpeta",
}
TRICKY_LINES = [
    "",
    " ",
    "  two  spaces ",
    "tab\tand\nnew line",
    "emoji 🦀👩‍💻 and ﬁ ligature ½ ²",
    "日本語のテキスト、中文 한국어 русский",
    "const x = `${a[0]}`; // {0} %s $1",
    "foo_bar.bazQux(--flag)",
    "</s><pad><unk><2es><0x41>",
    "e\u0301 combining",
    "naïve café – “quotes” … ​",
    "▁ literal metaspace",
    "\u00a0nbsp\u3000wide",
    "1234567890 3.14e-10",
]


def sentence(rng):
    """One pair of a tiny language that translates word by word."""
    parts = [rng.choice(list(table.items())) for table in (SUBJECTS, VERBS, OBJECTS, ENDINGS)]
    code = f" `{rng.choice('abcdef')}{rng.randint(0, 99)}()`" if rng.random() < 0.3 else ""
    pair = []
    for side, joint in ((0, " with"), (1, " con")):
        text = " ".join(part[side] for part in parts[:3]) + parts[3][side] + (joint + code if code else "")
        pair.append(text[0].upper() + text[1:] + ".")
    return pair


def write_corpora(folder):
    """Corpora in the form that `prepare` reads, with one line for each of some faults."""
    rng = random.Random(5)
    pairs = sorted({tuple(sentence(rng)) for _ in range(6000)})
    rng.shuffle(pairs)
    dev, train = pairs[:60], pairs[60:]
    faulty = [
        ("docs", "Same on both sides here.", "Same on both sides here."),
        ("docs", "The <b>bold</b> word.", "La palabra en <b>negrita</b>."),
        ("docs", "Set it to 15 or 20.", "Póngalo en 15 o 21."),
        (
            "docs",
            "Short one.",
            "Una línea que es mucho más larga que su original y por eso no puede ser su traducción.",
        ),
        ("docs", "This is the text of the page.", "Dies ist der Text der Seite und nicht ein Satz."),
        ("docs", "Use `a` and `b` here.", "Use `a` y `c` aquí."),
        ("docs", *train[0]),
        ("docs", *dev[0]),
    ]
    (folder / "dev" / "flores").mkdir(parents=True)
    rows = [("docs" if rng.random() < 0.8 else "docs-mt", *pair) for pair in train] + faulty
    with lzma.open(folder / "en-es.tsv.xz", "wt", encoding="utf8") as file:
        file.writelines("\t".join(row) + "\n" for row in rows)
    (folder / "dev" / "en-es.tsv").write_text("".join(f"docs\t{a}\t{b}\n" for a, b in dev), encoding="utf8")
    (folder / "dev" / "flores" / "en-es.tsv").write_text("".join(f"{a}\t{b}\n" for a, b in dev[:20]), encoding="utf8")
    summaries = [("docstring", " ".join(a for a, _ in train[i : i + 3]), train[i][0]) for i in range(0, 900, 3)]
    with lzma.open(folder / "summary.tsv.xz", "wt", encoding="utf8") as file:
        file.writelines("\t".join(row) + "\n" for row in summaries[20:])
    (folder / "dev" / "summary.tsv").write_text(
        "".join("\t".join(row) + "\n" for row in summaries[:20]), encoding="utf8"
    )


def recipe_command(corpora, work, *arguments):
    return [
        sys.executable,
        HERE / "run.py",
        "--config",
        "smoke",
        "--threads",
        "1",
        "--corpora",
        corpora,
        "--work",
        work,
        *arguments,
    ]


def training_log(work):
    return [json.loads(line) for line in (work / "training.jsonl").read_text().splitlines()]


def check_prepared(work):
    counts = json.loads((work / "prepared" / "es.stats.json").read_text())["docs"]
    expected = (
        "copy",
        "markup residue",
        "numbers differ",
        "length ratio",
        "wrong language",
        "code spans differ",
        "duplicate",
        "in dev",
    )
    for fault in expected:
        assert counts.get(fault) == 1, f"cleaning: one line breaks the rule {fault!r}, {counts} were dropped"


def check_resume(corpora, work):
    """Trains to the end twice: once at a stretch, once killed on the way. Both give the same parameters to the last bit."""
    straight, broken = work / "straight", work
    straight.mkdir()
    for name in ("dataset", "tokenizer.json"):
        (straight / name).symlink_to(work / name)
    subprocess.run(recipe_command(corpora, straight, "--stages", "train"), check=True, stdout=subprocess.DEVNULL)
    killed = subprocess.Popen(recipe_command(corpora, broken, "--stages", "train"), stdout=subprocess.DEVNULL)
    deadline = time.time() + 60
    while not (broken / "checkpoint.pt").exists():
        assert time.time() < deadline and killed.poll() is None, "no checkpoint was written before the end"
        time.sleep(0.02)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    subprocess.run(recipe_command(corpora, broken, "--stages", "train"), check=True, stdout=subprocess.DEVNULL)
    starts = [entry["step"] for entry in training_log(broken) if entry.get("event") == "start"]
    assert len(starts) == 2 and starts[1] > 0, f"starts at the steps {starts}: expected 0 and a later one"
    first, second = (torch.load(folder / "checkpoint.pt", weights_only=False) for folder in (straight, broken))
    assert first["position"] == second["position"], f"positions {first['position']} and {second['position']}"
    for name, value in first["average"].items():
        assert torch.equal(value, second["average"][name]), f"{name} differs between the straight and the resumed run"


def final_dev_loss(work, at):
    return [entry for entry in training_log(work) if "dev_loss 2es" in entry][at]["dev_loss 2es"]


def check_export(config, work, corpora):
    """The folder holds what the manifest says and nothing in fp32, and gives what the checkpoint gives."""
    folder = work / "export"
    manifest = json.loads((folder / "headlight.json").read_text())
    files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert files == {*manifest["files"], "headlight.json"}, f"files {files}"
    for name, expected in manifest["files"].items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == expected, (
            f"{name}: sha256 differs from headlight.json"
        )
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    model = Transformer(config["model"], tokenizer.get_vocab_size())
    model.load_state_dict(torch.load(work / "checkpoint.pt", weights_only=False)["average"])
    model.eval()
    rows = [line.split("\t") for line in (corpora / "dev" / "en-es.tsv").read_text().splitlines()]
    exported = ExportedModel(folder).generate([row[1] for row in rows], "<2es>")
    prefix_id = tokenizer.token_to_id("<2es>")
    direct = [
        tokenizer.decode(model.greedy(torch.tensor([[prefix_id, *tokenizer.encode(row[1]).ids]]), 60)[0].tolist())
        for row in rows
    ]
    references = [row[2] for row in rows]
    scores = [CHRF().corpus_score(outputs, [references]).score for outputs in (exported, direct)]
    assert scores[1] > 75, f"the trained model reaches {scores[1]:.1f} chrF on its own tiny language"
    assert abs(scores[0] - scores[1]) < 2, (
        f"chrF {scores[0]:.1f} for the int8 export, {scores[1]:.1f} for the checkpoint"
    )
    return scores


def check_restart(config, work, corpora):
    """A run started from the shipped folder, or from packed parameters, begins about where the first one ended."""
    restarted = work / "restarted"
    restarted.mkdir()
    for name in ("dataset", "tokenizer.json"):
        (restarted / name).symlink_to(work / name)
    subprocess.run(recipe_command(corpora, work, "--stages", "pack"), check=True, stdout=subprocess.DEVNULL)
    packed = restarted / "average.pt"
    packed.write_bytes(b"".join(part.read_bytes() for part in sorted((work / "packed").iterdir())))
    for start in (
        ("--init-folder", work / "export"),
        ("--init-checkpoint", packed, "--init-pieces", work / "tokenizer.json"),
    ):
        (restarted / "checkpoint.pt").unlink(missing_ok=True)
        (restarted / "training.jsonl").unlink(missing_ok=True)
        command = recipe_command(corpora, restarted, "--stages", "train", "--minutes", "0", *start)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        before, after = final_dev_loss(work, -1), final_dev_loss(restarted, 0)
        assert abs(before - after) < 0.1, f"dev loss {before} before, {after} after a restart with {start[0]}"
    tokenizer = Tokenizer.from_file(str(work / "tokenizer.json"))
    parameters = warm_start.from_folder(work / "export", tokenizer)
    expected = Transformer(config["model"], tokenizer.get_vocab_size()).state_dict()
    assert {n: v.shape for n, v in parameters.items()} == {n: v.shape for n, v in expected.items()}


def main():
    start = time.time()
    config = read_config("smoke")
    with tempfile.TemporaryDirectory() as name:
        corpora, work = pathlib.Path(name) / "corpora", pathlib.Path(name) / "work"
        write_corpora(corpora)
        subprocess.run(
            recipe_command(corpora, work, "--stages", "prepare", "vocabulary", "dataset", "links"), check=True
        )
        check_prepared(work)
        links = Dataset(work / "dataset" / "train" / "es").links
        assert (links[0] != NO_LINK).mean() > 0.5, "fewer than half of the target tokens have a link"
        check_resume(corpora, work)
        subprocess.run(recipe_command(corpora, work, "--stages", "export"), check=True)
        check_tokenizer(work / "export", TRICKY_LINES)
        exported, direct = check_export(config, work, corpora)
        check_restart(config, work, corpora)
        manifest = json.loads((work / "export" / "headlight.json").read_text())
        scores = quality.measure(quality.BareExport(work / "export"), manifest, corpora, 20, with_links=False)
        assert "| docs en-es | greedy |" in quality.table({"greedy": scores}, "none")
    print(f"recipe smoke test passed in {time.time() - start:.0f} s: chrF {direct:.1f}, int8 export {exported:.1f}")


if __name__ == "__main__":
    main()
