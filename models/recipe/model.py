"""The model: an encoder-decoder Transformer with the shape and the parameter names of Hugging Face `MarianMTModel` (without
its `model.` prefix). Knows nothing of text."""

import math

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from vocabulary import END_ID, PAD_ID


def sinusoidal_positions(count, width):
    """Marian's position table [count, width]: sines in the first half, cosines in the second."""
    angles = np.arange(count)[:, None] / np.power(10000, 2 * np.arange(width // 2)[None, :] / width)
    return torch.tensor(np.concatenate([np.sin(angles), np.cos(angles)], axis=1), dtype=torch.float32)


class ProjectedCrossEntropy(torch.autograd.Function):
    """Mean cross-entropy, with label smoothing, of the logits `states @ table.T` against token ids; states [token, width],
    table [vocabulary, width]. Its gradient is made in the forward pass, some rows of logits at a time. What smoothing takes
    from every token alike is subtracted from the sums, not from the logits: a sixth less time on a CPU."""

    @staticmethod
    def forward(context, states, table, target, smoothing):
        kind, count = states.device.type, len(target)
        number = torch.get_autocast_dtype(kind) if torch.is_autocast_enabled(kind) else states.dtype
        rows, parameters = states.to(number), table.to(number)
        loss = torch.zeros((), device=states.device)
        rows_gradient, table_gradient = torch.empty_like(rows), torch.zeros_like(table)
        rows_at_once = (2**24 if kind == "cpu" else 2**28) // len(table)
        for start in range(0, count, rows_at_once):
            some = slice(start, start + rows_at_once)
            logits = rows[some] @ parameters.T
            gradient = logits.softmax(-1)
            # By index: scatter_add_ in bf16 would copy all of it, twice.
            cells = torch.arange(len(logits), device=logits.device), target[some]
            probability = gradient[cells]
            loss += smoothing * logits[cells].float().sum() - probability.float().clamp(min=1e-30).log().sum()
            gradient[cells] = probability - (1 - smoothing)
            rows_gradient[some] = gradient @ parameters
            table_gradient += gradient.T @ rows[some]
        mean_row, row_sum = table.mean(0), rows.float().sum(0)
        loss -= smoothing * (row_sum @ mean_row)
        rows_gradient -= (smoothing * mean_row).to(number)
        table_gradient -= smoothing / len(table) * row_sum
        context.save_for_backward(rows_gradient, table_gradient)
        context.count = count
        return loss / count

    @staticmethod
    def backward(context, output_gradient):
        rows_gradient, table_gradient = context.saved_tensors
        factor = output_gradient / context.count
        return rows_gradient * factor, table_gradient * factor, None, None


def hidden(positions):
    """The bias of attention scores that hides the positions where the mask `positions` is true."""
    return torch.zeros(positions.shape, device=positions.device).masked_fill(positions, -1e4)


class Attention(nn.Module):
    def __init__(self, width, head_count):
        super().__init__()
        self.head_count = head_count
        for name in ("q_proj", "k_proj", "v_proj", "out_proj"):
            projection = nn.Linear(width, width)
            nn.init.xavier_uniform_(projection.weight)
            nn.init.zeros_(projection.bias)
            setattr(self, name, projection)

    def heads(self, states):
        """[batch, position, width] -> [batch, head, position, width / head]."""
        return states.unflatten(-1, (self.head_count, -1)).transpose(1, 2)

    def forward(self, states, memory, bias, guided_head=None):
        """The attended states; with `guided_head`, also the log attention weights of that head [batch, target, source].
        `bias` is added to the scores [batch, head, target, source]: nothing where a position is seen, a large negative
        number elsewhere. Written out, with a softmax in float32: on a CPU PyTorch 2.13's own attention takes twice as long on
        short sequences, and its softmax in bf16 five times."""
        width = states.shape[-1] // self.head_count
        query, key, value = (
            self.heads(self.q_proj(states) * width**-0.5),
            self.heads(self.k_proj(memory)),
            self.heads(self.v_proj(memory)),
        )
        scores = (query @ key.transpose(2, 3)).float().add_(bias)
        output = self.out_proj((scores.softmax(-1).to(value.dtype) @ value).transpose(1, 2).flatten(2))
        return output, None if guided_head is None else scores[:, guided_head].log_softmax(-1)


class Layer(nn.Module):
    """An encoder layer, or a decoder layer when `crosses`."""

    def __init__(self, config, crosses):
        super().__init__()
        width, head_count, ffn = config["d_model"], config["heads"], config["ffn"]
        self.dropout = nn.Dropout(config["dropout"])
        self.self_attn, self.self_attn_layer_norm = Attention(width, head_count), nn.LayerNorm(width)
        if crosses:
            self.encoder_attn, self.encoder_attn_layer_norm = Attention(width, head_count), nn.LayerNorm(width)
        self.fc1, self.fc2, self.final_layer_norm = nn.Linear(width, ffn), nn.Linear(ffn, width), nn.LayerNorm(width)
        for projection in (self.fc1, self.fc2):
            nn.init.xavier_uniform_(projection.weight)
            nn.init.zeros_(projection.bias)

    def forward(self, states, bias, memory=None, memory_bias=None, guided_head=None):
        attended, _ = self.self_attn(states, states, bias)
        states = self.self_attn_layer_norm(states + self.dropout(attended))
        guided = None
        if memory is not None:
            attended, guided = self.encoder_attn(states, memory, memory_bias, guided_head)
            states = self.encoder_attn_layer_norm(states + self.dropout(attended))
        fed = self.fc2(functional.relu(self.fc1(states)))
        return self.final_layer_norm(states + self.dropout(fed)), guided


class Stack(nn.Module):
    def __init__(self, config, count, crosses):
        super().__init__()
        self.layers = nn.ModuleList(Layer(config, crosses) for _ in range(count))


class Transformer(nn.Module):
    def __init__(self, config, vocabulary_size):
        super().__init__()
        self.config = config
        width = config["d_model"]
        self.shared = nn.Embedding(vocabulary_size, width)
        nn.init.normal_(self.shared.weight, std=width**-0.5)
        self.dropout = nn.Dropout(config["dropout"])
        self.register_buffer("positions", sinusoidal_positions(config["max_positions"], width), persistent=False)
        self.encoder = Stack(config, config["encoder_layers"], crosses=False)
        self.decoder = Stack(config, config["decoder_layers"], crosses=True)

    def embed(self, token_ids):
        return self.dropout(
            self.shared(token_ids) * math.sqrt(self.config["d_model"]) + self.positions[: token_ids.shape[1]]
        )

    def encode(self, source):
        """Encoder states [batch, source, width] and the bias of attention to them [batch, 1, 1, source]."""
        bias = hidden(source == PAD_ID)[:, None, None, :]
        states = self.embed(source)
        for layer in self.encoder.layers:
            states, _ = layer(states, bias)
        return states, bias

    def decode(self, decoder_input, memory, memory_bias, guided=False):
        """Decoder states [batch, target, width]; with `guided`, the guided head's log attention weights as well."""
        states = self.embed(decoder_input)
        length = decoder_input.shape[1]
        future = hidden(torch.ones(length, length, dtype=torch.bool, device=states.device).triu(1))
        log_weights = None
        for index, layer in enumerate(self.decoder.layers):
            head = self.config["guided_head"] if guided and index == self.config["guided_layer"] else None
            states, found = layer(states, future, memory, memory_bias, head)
            log_weights = found if found is not None else log_weights
        return states, log_weights

    def logits(self, states):
        return functional.linear(states, self.shared.weight)

    def forward(self, source, target, links=None, label_smoothing=0.0):
        """(cross-entropy per target token, guided loss per linked token or None, count of target tokens)."""
        memory, bias = self.encode(source)
        decoder_input = torch.cat([torch.full_like(target[:, :1], PAD_ID), target[:, :-1]], 1)
        states, log_weights = self.decode(decoder_input, memory, bias, guided=links is not None)
        kept = target != PAD_ID
        loss = ProjectedCrossEntropy.apply(states[kept], self.shared.weight, target[kept], label_smoothing)
        return loss, None if links is None else guided_loss(log_weights, links), kept.sum()

    @torch.no_grad()
    def greedy(self, source, max_new_tokens):
        """Greedy target ids [batch, target] for source ids [batch, source]; padded after eos."""
        memory, bias = self.encode(source)
        output = torch.full((len(source), 1), PAD_ID, device=source.device)
        finished = torch.zeros(len(source), dtype=torch.bool, device=source.device)
        for _ in range(max_new_tokens):
            logits = self.logits(self.decode(output, memory, bias)[0][:, -1])
            logits[:, PAD_ID] = -torch.inf
            following = logits.argmax(-1).masked_fill(finished, PAD_ID)
            output = torch.cat([output, following[:, None]], 1)
            finished |= following == END_ID
            if finished.all():
                break
        return output[:, 1:]


def guided_loss(log_weights, links):
    """Mean of -log(attention weight on the linked source tokens) over the linked target tokens.

    log_weights: [batch, target, source], row i for decoder input i. links: [2, batch, target], first and last source
    position of each target token. The row trained for target token i is i + 1, whose decoder INPUT it is ("inputShift").
    """
    rows, first, last = log_weights[:, 1:], links[0, :, :-1, None], links[1, :, :-1, None]
    position = torch.arange(rows.shape[2], device=rows.device)
    on_link = (position >= first) & (position <= last)
    linked = on_link.any(-1)
    gathered = rows.masked_fill(~on_link, -1e4).logsumexp(-1)
    return -(gathered * linked).sum() / linked.sum().clamp(min=1)
