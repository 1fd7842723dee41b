"""Makes a model of the shape of opus-mt (Marian, 6+6 layers, d 512, 60,000 tokens) with random parameters, for measurements:

    venv/bin/python bench/make_opus_mt.py FOLDER    # about 0.7 GB; the environment is that of test/golden/make_families.py
"""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent / "test" / "golden"))

import torch
import transformers
from reference.exports import ExportKind, export


def main(folder: Path) -> None:
    torch.set_num_threads(1)
    torch.manual_seed(1)
    config = transformers.MarianConfig(
        vocab_size=60_000,
        d_model=512,
        encoder_layers=6,
        decoder_layers=6,
        encoder_attention_heads=8,
        decoder_attention_heads=8,
        encoder_ffn_dim=2048,
        decoder_ffn_dim=2048,
        max_position_embeddings=512,
        activation_function="swish",
        scale_embedding=True,
        pad_token_id=59_999,
        decoder_start_token_id=59_999,
        eos_token_id=0,
        forced_eos_token_id=0,
    )
    model = transformers.MarianMTModel(config).eval()
    export(model, folder / "onnx", ExportKind(opset=17, merged=True))
    config.save_pretrained(folder)
    for file in sorted(folder.glob("onnx/*")):
        print(f"{file.name}: {file.stat().st_size >> 20} MB")


main(Path(sys.argv[1]))
