"""Greedy search over an exported folder with onnxruntime in Python: what the export itself gives, without the product around it."""

import json
import pathlib

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from vocabulary import END_ID, PAD_ID

BATCH_LINES = 32


class ExportedModel:
    """The sessions and the tokenizer of a model folder."""

    def __init__(self, folder, threads=1):
        folder = pathlib.Path(folder)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.encoder, self.decoder = (
            onnxruntime.InferenceSession(folder / "onnx" / f"{name}_quantized.onnx", options)
            for name in ("encoder_model", "decoder_model_merged")
        )
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.manifest = json.loads((folder / "headlight.json").read_text(encoding="utf8"))
        config = json.loads((folder / "config.json").read_text(encoding="utf8"))
        self.head_count = config["decoder_attention_heads"]
        self.head_width = config["d_model"] // self.head_count
        self.max_positions = config["max_position_embeddings"]

    def generate(self, lines, prefix):
        """One greedy output per line, in order."""
        prefix_id = self.tokenizer.token_to_id(prefix)
        encoded = [[prefix_id, *encoding.ids][: self.max_positions] for encoding in self.tokenizer.encode_batch(lines)]
        order = sorted(range(len(lines)), key=lambda index: len(encoded[index]))
        outputs = [""] * len(lines)
        for start in range(0, len(order), BATCH_LINES):
            batch = order[start : start + BATCH_LINES]
            for index, target_ids in zip(batch, self.generate_batch([encoded[index] for index in batch])):
                outputs[index] = self.tokenizer.decode(target_ids)
        return outputs

    def generate_batch(self, encoded):
        """Target ids of each source, padded after eos."""
        longest = max(map(len, encoded))
        source = np.array([ids + [PAD_ID] * (longest - len(ids)) for ids in encoded])
        mask = (source != PAD_ID).astype(np.int64)
        states = self.encoder.run(None, {"input_ids": source, "attention_mask": mask})[0]
        past = {
            value.name: np.zeros(
                (len(encoded), self.head_count, 0 if ".decoder." in value.name else longest, self.head_width),
                np.float32,
            )
            for value in self.decoder.get_inputs()
            if value.name.startswith("past_key_values")
        }
        names = [value.name for value in self.decoder.get_outputs()]
        token = np.full((len(encoded), 1), PAD_ID)
        finished = np.zeros(len(encoded), bool)
        output = []
        for step in range(min(self.max_positions, 2 * longest + 20)):
            feeds = {
                "encoder_attention_mask": mask,
                "input_ids": token,
                "encoder_hidden_states": states,
                "use_cache_branch": np.array([step > 0]),
            }
            results = dict(zip(names, self.decoder.run(names, feeds | past)))
            logits = results.pop("logits")[:, -1]
            logits[:, PAD_ID] = -np.inf
            chosen = np.where(finished, PAD_ID, logits.argmax(-1))
            output.append(chosen)
            finished |= chosen == END_ID
            if finished.all():
                break
            # The encoder's keys and values come from the first step alone.
            past |= {
                name.replace("present", "past_key_values"): value
                for name, value in results.items()
                if step == 0 or ".decoder." in name
            }
            token = chosen[:, None]
        return np.stack(output, 1).tolist()
