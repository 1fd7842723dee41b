"""Stage `links`: which source tokens each target token translates, for the guided attention head.

IBM model 1 with a preference for the diagonal, trained in both directions on token ids; a link stands where both directions
agree. An empty word in the place of the task prefix takes what has no counterpart. Source: Dyer et al. 2013 (the diagonal),
Liang et al. 2006 (agreement).
"""

import numpy as np
import torch

from dataset import NO_LINK, Dataset, training_folders
from vocabulary import PAD_ID, UNKNOWN_ID

DIAGONAL = 4.0
NULL_SHARE = 0.15
AGREEMENT = 0.2
# Stands for the empty word: no text has this token.
EMPTY_ID = UNKNOWN_ID


def diagonal_prior(rows, columns, row_lengths, column_lengths):
    """Prior [example, row, column] of a column for each row: near the diagonal; column 0 has NULL_SHARE; padding nothing."""
    row = torch.arange(rows, device=row_lengths.device)[None, :, None] / row_lengths[:, None, None]
    column_index = torch.arange(columns, device=row_lengths.device)[None, None, :]
    nearness = torch.exp(-DIAGONAL * (row - column_index / column_lengths[:, None, None]).abs())
    nearness = nearness * ((column_index > 0) & (column_index < column_lengths[:, None, None]))
    nearness = (1 - NULL_SHARE) * nearness / nearness.sum(-1, keepdim=True).clamp(min=1e-9)
    nearness[:, :, 0] = NULL_SHARE
    return nearness


def posteriors(table, rows, columns):
    """Probability [example, row token, column token] that the column token explains the row token; and the table cells used."""
    size = table.shape[1]
    cells = columns[:, None, :] * size + rows[:, :, None]
    prior = diagonal_prior(rows.shape[1], columns.shape[1], (rows != PAD_ID).sum(1), (columns != PAD_ID).sum(1))
    joint = table.view(-1)[cells] * prior * (rows != PAD_ID)[:, :, None]
    return joint / joint.sum(-1, keepdim=True).clamp(min=1e-12), cells


def train_table(batches, vocabulary_size, iterations, device):
    """p(row token | column token) as [column token, row token], from batches of (row ids, column ids)."""
    table = torch.full((vocabulary_size, vocabulary_size), 1.0 / vocabulary_size, device=device)
    for _ in range(iterations):
        counts = torch.zeros_like(table)
        for rows, columns in batches():
            found, cells = posteriors(table, rows, columns)
            counts.view(-1).scatter_add_(0, cells.flatten(), found.flatten())
        # A little smoothing keeps rare tokens from explaining whole sentences.
        table = counts.add_(1e-7).div_(counts.sum(1, keepdim=True) + 1.0)
    return table


def link_spans(forward, backward):
    """First and last linked source position [2, example, target] from two posteriors [example, target, source].

    A target token links to its best source token where both directions agree; the span grows over the neighbours that
    agree as well.
    """
    agreement = forward * backward
    agreement[:, :, 0] = 0
    best, position = agreement.max(-1)
    linked = best > AGREEMENT
    near = agreement > torch.maximum(0.5 * best[:, :, None], torch.tensor(AGREEMENT, device=best.device))
    first, last = position.clone(), position.clone()
    for step in (1, 2):
        before, after = (position - step).clamp(min=0), (position + step).clamp(max=near.shape[2] - 1)
        first = torch.where(near.gather(2, before[:, :, None])[:, :, 0] & (first == position - step + 1), before, first)
        last = torch.where(near.gather(2, after[:, :, None])[:, :, 0] & (last == position + step - 1), after, last)
    return torch.stack([torch.where(linked, first, NO_LINK), torch.where(linked, last, 0)])


class TokenPairs:
    """Padded batches of source and target ids of one dataset, with the empty word in the place of the task prefix."""

    def __init__(self, dataset, batch_tokens, seed, device):
        self.dataset, self.batch_tokens, self.device = dataset, batch_tokens, device
        self.rng = np.random.default_rng(seed)

    def batches(self, indices):
        for batch in self.dataset.batches(indices, self.batch_tokens, self.rng):
            source, target, _ = self.dataset.padded(batch)
            source[:, 0] = EMPTY_ID
            yield batch, torch.from_numpy(source).to(self.device), torch.from_numpy(target).to(self.device)


def language_links(dataset, language, settings, seed, device):
    """Links [first or last source position, target token] for both directions of one language."""
    pairs = TokenPairs(dataset, settings["batch_tokens"], seed, device)
    vocabulary_size = 1 + int(max(dataset.source.max(), dataset.target.max()))

    def members(direction, trusted=False):
        names = enumerate(dataset.group_names)
        groups = [
            group for group, name in names if name.endswith(direction) and not (trusted and name.startswith("machine"))
        ]
        return np.flatnonzero(np.isin(dataset.groups, groups))

    out, back = f"2{language} from en", f"2en from {language}"
    sample = pairs.rng.permutation(members(out, trusted=True))[: settings["sample_pairs"]]
    # The tables of one direction of translation serve the other one with their roles exchanged.
    onto_english = train_table(
        lambda: ((t, s) for _, s, t in pairs.batches(sample)), vocabulary_size, settings["iterations"], device
    )
    onto_other = train_table(
        lambda: ((s, empty_first(t)) for _, s, t in pairs.batches(sample)),
        vocabulary_size,
        settings["iterations"],
        device,
    )
    links = np.zeros((2, len(dataset.target)), np.uint8)
    links[0] = NO_LINK
    for direction, onto_source, onto_target in ((out, onto_english, onto_other), (back, onto_other, onto_english)):
        for batch, source, target in pairs.batches(members(direction)):
            forward, _ = posteriors(onto_source, target, source)
            backward, _ = posteriors(onto_target, source, empty_first(target))
            spans = link_spans(forward, backward[:, :, 1:].transpose(1, 2)).cpu().numpy()
            for row, index in enumerate(batch):
                start, end = dataset.target_offsets[index], dataset.target_offsets[index + 1]
                links[:, start:end] = spans[:, row, : end - start]
    return links


def make_links(config, work):
    """Writes `links.npy` beside the examples of each language, unless it is there."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    for folder in training_folders(config, work):
        if folder.name == "summary" or (folder / "links.npy").exists():
            continue
        links = language_links(Dataset(folder), folder.name, config["alignment"], config["training"]["seed"], device)
        partial = folder / "links.partial.npy"
        np.save(partial, links)
        partial.rename(folder / "links.npy")
        print(f"links {folder.name}: {np.mean(links[0] != NO_LINK):.3f} of the target tokens", flush=True)


def empty_first(ids):
    """Puts a column for the empty word in front, as the source has one with its prefix."""
    return torch.cat([torch.full_like(ids[:, :1], EMPTY_ID), ids], 1)
