"""Makes the golden files and their models again, in a temporary folder, and compares: names, texts and ids are the same; numbers
are the same up to what another processor rounds away. `npm run test:recipe` runs it; make_families.py has the packages."""

import base64
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy
import onnx
from reference.output import golden_folder, model_folder
from reference.vocabularies import parsed

tolerance = 2e-4
"""Of scores, log-probabilities and attention weights, which lie between -30 and 1."""
half_tolerance = 2e-2
"""Where the model computes with 16-bit or 8-bit numbers."""
parameter_tolerance = 1e-5


class Comparison:
    def __init__(self) -> None:
        self.problems: list[str] = []
        self.file_count = 0
        self.identical_count = 0

    def folders(self, expected: Path, actual: Path, name: str) -> None:
        names = {path.relative_to(folder) for folder in (expected, actual) for path in folder.rglob("*") if path.is_file()}
        for file in sorted(names):
            self.files(expected / file, actual / file, f"{name}/{file}")

    def files(self, expected: Path, actual: Path, name: str) -> None:
        self.file_count += 1
        absent = [str(path.parent) for path in (expected, actual) if not path.exists()]
        if absent:
            self.problems.append(f"{name}: not in {absent[0]}")
        elif expected.read_bytes() == actual.read_bytes():
            self.identical_count += 1
        elif expected.suffix == ".json":
            self.values(read_json(expected), read_json(actual), name)
        elif expected.suffix == ".onnx":
            self.graphs(onnx.load(expected), onnx.load(actual), name)
        elif expected.suffix in (".spm", ".model"):
            self.pieces(expected.read_bytes(), actual.read_bytes(), name)
        elif expected.suffix != ".onnx_data":  # compared with the graph that it belongs to
            self.problems.append(f"{name}: other bytes")

    def values(self, expected, actual, place: str, key: str = "") -> None:
        """Two JSON values: numbers with a fraction are near, everything else is the same."""
        if type(expected) is not type(actual) and not (is_number(expected) and is_number(actual)):
            self.problems.append(f"{place}: {type(actual).__name__} in place of {type(expected).__name__}")
        elif isinstance(expected, dict):
            if expected.keys() != actual.keys():
                self.problems.append(f"{place}: fields {sorted(expected.keys() ^ actual.keys())}")
            for name in expected.keys() & actual.keys():
                self.values(expected[name], actual[name], f"{place} {name}", name)
        elif isinstance(expected, list):
            if len(expected) != len(actual):
                self.problems.append(f"{place}: {len(actual)} in place of {len(expected)}")
            for index, (one, other) in enumerate(zip(expected, actual)):
                self.values(one, other, f"{place}[{index}]", key)
        elif isinstance(expected, float) or isinstance(actual, float):
            self.near(numpy.array(expected), numpy.array(actual), limit_of(place), place)
        elif key == "data":
            self.near(floats(expected), floats(actual), limit_of(place), place)
        elif expected != actual:
            self.problems.append(f"{place}: {actual!r} in place of {expected!r}"[:300])

    def near(self, expected: numpy.ndarray, actual: numpy.ndarray, limit: float, place: str) -> None:
        if expected.shape != actual.shape or expected.dtype != actual.dtype:
            self.problems.append(f"{place}: {actual.dtype}{actual.shape} in place of {expected.dtype}{expected.shape}")
        elif expected.size > 0 and expected.dtype.kind in "iufb":
            distance = numpy.abs(expected.astype("f8") - actual.astype("f8")).max()
            if not distance <= limit:
                self.problems.append(f"{place}: off by {distance:.6f}")
        elif not numpy.array_equal(expected, actual):
            self.problems.append(f"{place}: other values")

    def graphs(self, expected: onnx.ModelProto, actual: onnx.ModelProto, name: str) -> None:
        """The same nodes in the same order, and parameters that are near."""
        operators = [[node.op_type for node in model.graph.node] for model in (expected, actual)]
        if operators[0] != operators[1]:
            self.problems.append(f"{name}: other nodes")
        tensors = [{tensor.name: tensor for tensor in model.graph.initializer} for model in (expected, actual)]
        if tensors[0].keys() != tensors[1].keys():
            self.problems.append(f"{name}: other parameters: {sorted(tensors[0].keys() ^ tensors[1].keys())[:4]}")
        for tensor in tensors[0].keys() & tensors[1].keys():
            one, other = (onnx.numpy_helper.to_array(tensors[index][tensor]) for index in (0, 1))
            # One step of an 8-bit number is as near as two of them can be.
            limit = 1 if one.dtype.kind in "iu" and one.dtype.itemsize == 1 else parameter_tolerance
            self.near(one, other, limit, f"{name} {tensor}")

    def pieces(self, expected: bytes, actual: bytes, name: str) -> None:
        pieces = [parsed(model).pieces for model in (expected, actual)]
        texts = [[piece.piece for piece in of_model] for of_model in pieces]
        if texts[0] != texts[1]:
            self.problems.append(f"{name}: other pieces")
        else:
            scores = [numpy.array([piece.score for piece in of_model], "f8") for of_model in pieces]
            self.near(*scores, tolerance, name)


def is_number(value) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def limit_of(place: str) -> float:
    return half_tolerance if "mbartHalf" in place or "bartQuantized" in place else tolerance


def floats(encoded: str) -> numpy.ndarray:
    return numpy.frombuffer(base64.b64decode(encoded), "<f4")


def read_json(file: Path):
    return json.loads(file.read_text(encoding="utf-8"))


def main() -> int:
    with tempfile.TemporaryDirectory() as temporary:
        output = Path(temporary)
        for script in ("make_marian.py", "make_families.py"):
            subprocess.run([sys.executable, golden_folder / script, "--output", output], check=True)
        comparison = Comparison()
        # Other goldens have scripts of their own; a folder that is made must be the whole of what is kept.
        for folder in sorted((output / "models").iterdir()):
            comparison.folders(model_folder / folder.name, folder, folder.name)
        comparison.folders(golden_folder / "families", output / "golden" / "families", "families")
        comparison.files(golden_folder / "marian.json", output / "golden" / "marian.json", "marian.json")
    for problem in comparison.problems[:40]:
        print(problem)
    print(
        f"golden files: {comparison.file_count} compared, {comparison.identical_count} the same to the byte, "
        f"{len(comparison.problems)} differences"
    )
    return 1 if comparison.problems else 0


if __name__ == "__main__":
    sys.exit(main())
