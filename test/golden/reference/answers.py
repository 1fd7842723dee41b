"""What transformers does with a model: hypotheses of a search, log-probabilities and attention of a forced target."""

import base64
import json
import re
from pathlib import Path

import numpy
import torch

option_names = {
    "num_beams": "beamCount",
    "length_penalty": "lengthPenalty",
    "early_stopping": "earlyStopping",
    "max_length": "maxLength",
    "min_length": "minLength",
    "no_repeat_ngram_size": "noRepeatNgramSize",
    "repetition_penalty": "repetitionPenalty",
    "bad_words_ids": "badWordsIds",
    "suppress_tokens": "suppressTokenIds",
    "forced_bos_token_id": "forcedBosTokenId",
    "forced_eos_token_id": "forcedEosTokenIds",
    "decoder_start_token_id": "decoderStartTokenId",
    "renormalize_logits": "renormalizeLogits",
}
"""Of `GenerationConfig`, in transformers and in Headlight."""


def write_json(path: Path, value) -> None:
    text = json.dumps(value, indent=1, ensure_ascii=False)
    numbers_on_one_line = re.sub(r"\[[-\d\s.,e]+\]", lambda match: re.sub(r"\s+", " ", match.group()), text)
    path.write_text(numbers_on_one_line + "\n", encoding="utf-8")


def in_headlight_names(options: dict) -> dict:
    named = {option_names[name]: value for name, value in options.items()}
    if isinstance(named.get("forcedEosTokenIds"), int):
        named["forcedEosTokenIds"] = [named["forcedEosTokenIds"]]
    return named


def forced_logits(model, source_ids: list[int], start: int, target_ids: list[int]) -> torch.Tensor:
    with torch.no_grad():
        return model(
            input_ids=torch.tensor([source_ids]), decoder_input_ids=torch.tensor([[start, *target_ids[:-1]]])
        ).logits[0]


def step_log_probabilities(model, source_ids: list[int], start: int, target_ids: list[int]) -> list[float]:
    """Of each target token given those before it, from the logits as they are: suppressed tokens stay in the sum."""
    logits = forced_logits(model, source_ids, start, target_ids)
    return [float(value) for value in logits.log_softmax(-1)[range(len(target_ids)), target_ids]]


def top_alternatives(model, source_ids: list[int], start: int, target_ids: list[int], count: int) -> list[list[dict]]:
    """The most probable tokens of each step, best first, from the logits as they are."""
    best = forced_logits(model, source_ids, start, target_ids).log_softmax(-1).topk(count)
    return [
        [{"tokenId": token, "logProbability": round(value, 6)} for token, value in zip(tokens, values)]
        for tokens, values in zip(best.indices.tolist(), best.values.tolist())
    ]


def generate(model, source_ids: list[int], options: dict, sequences: int = 1) -> list[dict]:
    """The best `sequences` hypotheses of `generate`, best first. The score is the sum of the log-probabilities /
    length^lengthPenalty; length counts the end token, but not the decoder start token. With beams the log-probabilities
    are those after the rules of the search (`compute_transition_scores`); in a greedy search, which has no score in
    transformers, those of the model itself, and 0 for a token that is forced."""
    settings = {**model.generation_config.to_dict(), **options}
    penalty = settings.get("length_penalty") or 1.0
    ends = settings["eos_token_id"]
    ends = ends if isinstance(ends, list) else [ends]
    with torch.no_grad():
        result = model.generate(
            torch.tensor([source_ids]),
            attention_mask=torch.ones(1, len(source_ids), dtype=torch.int64),
            do_sample=False,
            num_return_sequences=sequences,
            output_scores=True,
            return_dict_in_generate=True,
            **options,
        )
    beams = settings.get("num_beams") or 1
    hypotheses = []
    for index, sequence in enumerate(result.sequences.tolist()):
        start, target_ids = sequence[0], sequence[1:]
        length = next((position + 1 for position, token in enumerate(target_ids) if token in ends), len(target_ids))
        target_ids = target_ids[:length]
        if beams > 1:
            transitions = model.compute_transition_scores(
                result.sequences, result.scores, result.beam_indices, normalize_logits=False
            )
            log_probabilities = transitions[index, :length].tolist()
            score = float(result.sequences_scores[index])
            expected = sum(log_probabilities) / length**penalty
            assert abs(expected - score) < 2e-5, (expected, score)
        else:
            log_probabilities = step_log_probabilities(model, source_ids, start, target_ids)
            for step in range(length):
                if settings.get("renormalize_logits"):
                    log_probabilities[step] = float(result.scores[step][index, target_ids[step]])
                elif is_forced(settings, step):
                    log_probabilities[step] = 0.0
            score = sum(log_probabilities) / length
        hypotheses.append(
            {
                "targetIds": target_ids,
                "logProbabilities": [round(value, 6) for value in log_probabilities],
                "score": round(score, 6),
            }
        )
    return hypotheses


def is_forced(settings: dict, step: int) -> bool:
    if step == 0 and settings.get("forced_bos_token_id") is not None:
        return True
    return step == settings["max_length"] - 2 and settings.get("forced_eos_token_id") is not None


def attention(model, source_ids: list[int], start: int, target_ids: list[int]) -> dict:
    """Row i is the step that produced target_ids[i]: its decoder input is the start token, then target_ids without its
    last. Wants a model with eager attention: the others give no weights."""
    with torch.no_grad():
        result = model(
            input_ids=torch.tensor([source_ids]),
            decoder_input_ids=torch.tensor([[start, *target_ids[:-1]]]),
            output_attentions=True,
        )
    maps = {
        "encoder": result.encoder_attentions,
        "decoder": result.decoder_attentions,
        "cross": result.cross_attentions,
    }
    return {kind: encode(torch.stack(of_layers)[:, 0].numpy()) for kind, of_layers in maps.items()}


def encode(array: numpy.ndarray) -> dict:
    assert array.dtype == numpy.float32 and abs(array.sum(-1) - 1).max() < 1e-5
    return {"shape": list(array.shape), "data": base64.b64encode(array.astype("<f4").tobytes()).decode()}
