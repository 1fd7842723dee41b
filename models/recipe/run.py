"""Runs the recipe: all its stages in order, or the named ones. See README.md.

python models/recipe/run.py --config cpu --corpora DIR --work DIR [--stages prepare vocabulary ...]
"""

import argparse
import json
import os
import pathlib

HERE = pathlib.Path(__file__).parent
STAGES = ("prepare", "vocabulary", "dataset", "links", "train", "export", "pack")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--config", required=True, help="`cpu`, `gpu` or the path of a JSON file")
    parser.add_argument("--work", required=True, help="folder for everything that is made; outside the repository")
    parser.add_argument(
        "--corpora", help="folder of en-XX.tsv.xz, summary.tsv.xz and dev/ (stages prepare and dataset)"
    )
    parser.add_argument("--stages", nargs="+", choices=STAGES, default=STAGES[:-1], help="default: all but pack")
    parser.add_argument(
        "--minutes",
        type=float,
        default=float("inf"),
        help="longest time of the stage train; default: until its token budget",
    )
    parser.add_argument(
        "--threads", type=int, default=os.cpu_count(), help="threads of training, processes of preparing"
    )
    parser.add_argument("--init-checkpoint", help="start from a checkpoint of another vocabulary")
    parser.add_argument("--init-pieces", help="that vocabulary: tokenizer.json or a SentencePiece model")
    parser.add_argument("--init-folder", help="start from a shipped int8 folder with a fresh optimiser")
    parser.add_argument(
        "--ship", nargs="+", help="languages that the manifest names (stage export); default: all of the config"
    )
    parser.add_argument("--set", nargs="*", default=[], metavar="SECTION.KEY=JSON", help="overrides of the config")
    return parser.parse_args()


def read_config(name, overrides=()):
    path = HERE / "config" / f"{name}.json" if "/" not in name and not name.endswith(".json") else pathlib.Path(name)
    config = json.loads(path.read_text(encoding="utf8"))
    for override in overrides:
        key, value = override.split("=", 1)
        section, name = key.split(".", 1)
        if name not in config[section]:
            raise SystemExit(f"--set: config section {section!r} has no key {name!r}")
        config[section][name] = json.loads(value)
    return config


def main():
    arguments = parse_arguments()
    # Before torch and tokenizers are imported, which read it once.
    os.environ["OMP_NUM_THREADS"] = os.environ["RAYON_NUM_THREADS"] = str(arguments.threads)
    config = read_config(arguments.config, arguments.set)
    work = pathlib.Path(arguments.work)
    work.mkdir(parents=True, exist_ok=True)
    for stage in STAGES:
        if stage not in arguments.stages:
            continue
        print(f"stage {stage}", flush=True)
        if stage == "prepare":
            from prepare import prepare

            prepare(config, arguments.corpora, work, arguments.threads)
        elif stage == "vocabulary":
            from vocabulary import make_vocabulary

            make_vocabulary(config, work)
        elif stage == "dataset":
            from dataset import make_dev_set, make_training_set

            make_training_set(config, work, arguments.threads)
            make_dev_set(config, arguments.corpora, work)
        elif stage == "links":
            from links import make_links

            make_links(config, work)
        elif stage == "train":
            import torch

            from train import train

            torch.set_num_threads(arguments.threads)
            train(
                config, work, arguments.minutes, arguments.init_checkpoint, arguments.init_pieces, arguments.init_folder
            )
        elif stage == "export":
            from export import export

            export(config, work, arguments.ship or config["languages"])
        elif stage == "pack":
            from export import pack

            pack(work)


if __name__ == "__main__":
    main()
