"""Where the scripts write: into the checkout, or into a folder of its own for a comparison; and the trained parameters."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_model, save_model

golden_folder = Path(__file__).parent.parent
model_folder = golden_folder.parent / "fixtures" / "models"
parameter_folder = golden_folder / "parameters"


@dataclass(frozen=True)
class Output:
    models: Path
    """Takes one folder for each tiny model."""
    goldens: Path
    """Takes marian.json and families/*.json."""
    names: list[str]
    """Folders to make; none: all."""
    trains: bool
    """Also where there are parameters already."""

    def trained(self, name: str, model: torch.nn.Module, train: Callable[[], None]) -> None:
        """Gives `model` the parameters that are kept under `name`, after training them where there are none. Training is
        not done anew for a comparison: another kind of processor rounds otherwise, and after a thousand steps it has
        made another model."""
        file = parameter_folder / f"{name}.safetensors"
        if self.trains or not file.exists():
            train()
            parameter_folder.mkdir(exist_ok=True)
            save_model(model, str(file))
        load_model(model, str(file))
        model.eval()


def output_folders() -> Output:
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*")
    parser.add_argument("--output", type=Path)
    parser.add_argument("--train", action="store_true")
    arguments = parser.parse_args()
    if arguments.output is None:
        return Output(model_folder, golden_folder, arguments.names, arguments.train)
    goldens = arguments.output / "golden"
    goldens.mkdir(parents=True, exist_ok=True)
    return Output(arguments.output / "models", goldens, arguments.names, arguments.train)
