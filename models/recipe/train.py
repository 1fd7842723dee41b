"""Stage `train`: trains until the configured number of target tokens, resuming from the last checkpoint, on a CPU or a CUDA GPU.

In the work folder: `checkpoint.pt` (replaced whole, never in part), `training.jsonl` (one line per report or score), and
the files a person may make: `PAUSE` (sleep while it is there) and `STOP` (save and end).
"""

import copy
import functools
import json
import os
import pathlib
import signal
import time

import numpy as np
import torch
from sacrebleu.metrics import CHRF
from tokenizers import Tokenizer

import warm_start
from dataset import Dataset, training_folders
from model import Transformer

REPORT_SECONDS = 60
SCORED_LINES = 100


def make_optimizers(model, weight_decay):
    """Muon for the matrices of the layers, AdamW for the rest. Against AdamW alone, on a CPU from the same start: loss 3.24
    against 3.32 after 0.6M target tokens, at a tenth less speed."""
    matrices = [p for name, p in model.named_parameters() if p.ndim == 2 and name != "shared.weight"]
    rest = [p for name, p in model.named_parameters() if p.ndim != 2 or name == "shared.weight"]
    return [
        torch.optim.Muon(matrices, weight_decay=weight_decay, adjust_lr_fn="match_rms_adamw"),
        torch.optim.AdamW(rest, betas=(0.9, 0.98), eps=1e-8, weight_decay=weight_decay, fused=True),
    ]


class Trainer:
    def __init__(self, config, work, init=None):
        self.config, self.work, self.settings = config, pathlib.Path(work), config["training"]
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        torch.manual_seed(self.settings["seed"])
        self.tokenizer = Tokenizer.from_file(str(self.work / "tokenizer.json"))
        self.model = Transformer(config["model"], self.tokenizer.get_vocab_size()).to(self.device)
        self.step = self.tokens = self.chunk = self.batch_index = 0
        if init is not None and not self.checkpoint_path.exists():
            self.model.load_state_dict(init(self.tokenizer))
        self.average = {name: value.detach().clone() for name, value in self.model.state_dict().items()}
        self.optimizers = make_optimizers(self.model, self.settings["weight_decay"])
        self.stopping = False
        if self.checkpoint_path.exists():
            self.load()

    @property
    def checkpoint_path(self):
        return self.work / "checkpoint.pt"

    def load(self):
        saved = torch.load(self.checkpoint_path, map_location=self.device, weights_only=False)
        self.model.load_state_dict(saved["model"])
        self.average = saved["average"]
        for optimizer, state in zip(self.optimizers, saved["optimizers"], strict=True):
            optimizer.load_state_dict(state)
        self.step, self.tokens, self.chunk, self.batch_index = saved["position"]
        torch.set_rng_state(saved["rng"].cpu())

    def save(self):
        """Writes the checkpoint beside the old one, then puts it in its place: a kill at any moment leaves a whole one."""
        saved = {
            "model": self.model.state_dict(),
            "average": self.average,
            "optimizers": [optimizer.state_dict() for optimizer in self.optimizers],
            "position": (self.step, self.tokens, self.chunk, self.batch_index),
            "rng": torch.get_rng_state(),
            "config": self.config,
        }
        partial = self.checkpoint_path.with_suffix(".partial")
        torch.save(saved, partial)
        os.replace(partial, self.checkpoint_path)

    def log(self, **entry):
        entry = {
            "time": time.strftime("%H:%M:%S"),
            "step": self.step,
            "mega_tokens": round(self.tokens / 1e6, 3),
            **entry,
        }
        with open(self.work / "training.jsonl", "a", encoding="utf8") as log:
            log.write(json.dumps(entry) + "\n")
        print(entry, flush=True)

    def learning_rate(self):
        """Linear warm-up, constant, then linear to nothing over the last `cooldown_tokens` before `until_tokens`."""
        warm = min(1.0, (self.step + 1) / self.settings["warmup_steps"])
        left = (self.settings["until_tokens"] - self.tokens) / max(1, self.settings["cooldown_tokens"])
        return self.settings["learning_rate"] * warm * max(0.0, min(1.0, left))

    def tensors(self, batch, dataset):
        source, target, links = dataset.padded(batch)
        return [
            None if array is None else torch.from_numpy(array).to(self.device, non_blocking=True)
            for array in (source, target, links)
        ]

    def train_batch(self, batch, dataset):
        """One step. Returns (summed cross-entropy, target tokens, guided loss or None), on the device."""
        source, target, links = self.tensors(batch, dataset)
        with torch.autocast(self.device, dtype=torch.bfloat16):
            loss, guided, count = self.model(source, target, links, self.settings["label_smoothing"])
        total = loss if guided is None else loss + self.settings["guided_weight"] * guided
        total.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for optimizer in self.optimizers:
            for group in optimizer.param_groups:
                group["lr"] = self.learning_rate()
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        self.update_average()
        self.step += 1
        return loss.detach() * count, count, None if guided is None else guided.detach()

    @torch.no_grad()
    def update_average(self):
        decay = min(self.settings["ema_decay"], (self.step + 1) / (self.step + 10))
        current = self.model.state_dict()
        torch._foreach_lerp_(list(self.average.values()), [current[name] for name in self.average], 1 - decay)

    def wait_while_paused(self):
        while (self.work / "PAUSE").exists() and not (self.work / "STOP").exists():
            time.sleep(2)

    def should_end(self, end_time):
        return (
            self.stopping
            or (self.work / "STOP").exists()
            or time.time() > end_time
            or self.tokens >= self.settings["until_tokens"]
        )

    def run(self, minutes):
        """Trains for `minutes` at most. Ends at the token budget, on SIGTERM and when `STOP` is there; saves in each case."""
        signal.signal(signal.SIGTERM, lambda *_: setattr(self, "stopping", True))
        dataset, dev = Dataset(*training_folders(self.config, self.work)), Dataset(self.work / "dataset" / "dev")
        end_time = time.time() + 60 * minutes
        self.log(
            event="start",
            device=self.device,
            parameters=sum(p.numel() for p in self.model.parameters()),
            examples=len(dataset),
        )
        if self.step == 0:
            self.log(**self.dev_loss(dev))
        saved_at = scored_at = reported_at = time.time()
        losses, counts, guided_losses = [], [], []
        self.model.train()
        while not self.should_end(end_time):
            indices = dataset.chunk(
                self.chunk, self.config["data"]["chunk_examples"], self.config["data"], self.settings["seed"]
            )
            batches = dataset.batches(
                indices, self.settings["batch_tokens"], np.random.default_rng([self.settings["seed"], self.chunk])
            )
            while self.batch_index < len(batches) and not self.should_end(end_time):
                self.wait_while_paused()
                loss, count, guided = self.train_batch(batches[self.batch_index], dataset)
                self.batch_index += 1
                self.tokens += sum(len(dataset.target_ids(i)) for i in batches[self.batch_index - 1])
                losses.append(loss)
                counts.append(count)
                guided_losses.extend([] if guided is None else [guided])
                now = time.time()
                if now - reported_at > REPORT_SECONDS:
                    count = float(sum(counts))
                    report = {
                        "loss": round(float(sum(losses)) / count, 4),
                        "tokens_per_second": round(count / (now - reported_at)),
                    }
                    if guided_losses:
                        report["guided_loss"] = round(float(sum(guided_losses)) / len(guided_losses), 4)
                    self.log(**report, learning_rate=round(self.learning_rate(), 7))
                    reported_at = now
                    losses, counts, guided_losses = [], [], []
                if now - saved_at > 60 * self.settings["checkpoint_minutes"]:
                    self.save()
                    self.log(**self.dev_loss(dev))
                    saved_at = time.time()
                if now - scored_at > 60 * self.settings["score_minutes"]:
                    self.log(**self.dev_chrf(dev))
                    scored_at = time.time()
            if self.batch_index == len(batches):
                self.chunk, self.batch_index = self.chunk + 1, 0
        self.save()
        self.log(event="end")
        if not self.stopping:
            self.log(**self.dev_loss(dev), **self.dev_chrf(dev))

    def averaged_model(self):
        """A model in evaluation mode with the averaged parameters, which are the ones that ship."""
        # A copy, not a new model: making one would draw random numbers, and a resumed run would differ from a straight one.
        model = copy.deepcopy(self.model)
        model.load_state_dict(self.average)
        return model.eval()

    @torch.no_grad()
    def dev_loss(self, dev):
        """Cross-entropy per token of the averaged model on the first lines of each dev group."""
        model, losses = self.averaged_model(), {}
        for group, name in enumerate(dev.group_names):
            members = np.flatnonzero(dev.groups == group)[: 3 * SCORED_LINES]
            total = count = 0.0
            for batch in dev.batches(members, 4096, np.random.default_rng(0)):
                source, target, _ = self.tensors(batch, dev)
                with torch.autocast(self.device, dtype=torch.bfloat16):
                    loss, _, tokens = model(source, target)
                total, count = total + float(loss) * int(tokens), count + int(tokens)
            losses[f"dev_loss {name}"] = round(total / count, 4)
        return losses

    def dev_chrf(self, dev):
        """chrF of greedy outputs of the averaged model on the first dev lines of each group."""
        model, scores = self.averaged_model(), {}
        for group, name in enumerate(dev.group_names):
            members = np.flatnonzero(dev.groups == group)[:SCORED_LINES]
            outputs, references = [], []
            for batch in dev.batches(members, 4096, np.random.default_rng(0)):
                source, target, _ = self.tensors(batch, dev)
                with torch.autocast(self.device, dtype=torch.bfloat16):
                    found = model.greedy(source, min(200, 2 * source.shape[1] + 10))
                outputs += self.tokenizer.decode_batch(found.tolist())
                references += self.tokenizer.decode_batch(target.tolist())
            scores[f"dev_chrf {name}"] = round(CHRF().corpus_score(outputs, [references]).score, 2)
        return scores


def train(config, work, minutes=float("inf"), init_checkpoint=None, init_pieces=None, init_folder=None):
    """Trains in `work`. A checkpoint there is resumed; without one the run starts from `init_checkpoint` (and its vocabulary
    `init_pieces`), from the shipped folder `init_folder`, or from random parameters."""
    init = None
    if init_checkpoint:
        init = functools.partial(warm_start.from_checkpoint, init_checkpoint, init_pieces)
    elif init_folder:
        init = functools.partial(warm_start.from_folder, init_folder)
    Trainer(config, work, init).run(minutes)
