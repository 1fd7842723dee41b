"""Ways of computing attention that exports have and current transformers has not, registered under `bmm` and `fused`."""

import torch
from torch.onnx import symbolic_helper
from transformers.masking_utils import ALL_MASK_ATTENTION_FUNCTIONS
from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS


def bmm_attention(module, query, key, value, attention_mask, scaling, dropout=0.0, **_):
    """As BART and its kin computed it before transformers 4.48: heads are rows of the batch, the softmax has three axes."""
    batch, heads, length, size = query.shape
    query, key, value = (tensor.reshape(batch * heads, -1, size) for tensor in (query * scaling, key, value))
    scores = torch.bmm(query, key.transpose(1, 2))
    if attention_mask is not None:
        columns = key.shape[1]
        scores = scores.view(batch, heads, length, columns) + attention_mask[:, :, :, :columns]
        scores = scores.view(batch * heads, length, columns)
    weights = torch.nn.functional.softmax(scores, dim=-1)
    output = torch.bmm(weights, value).view(batch, heads, length, size)
    return output.transpose(1, 2).contiguous(), weights.view(batch, heads, length, -1)


@torch.library.custom_op("headlight::attention", mutates_args=())
def multi_head_attention(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, bias: torch.Tensor, heads: int, scaling: float
) -> torch.Tensor:
    """The operator of onnxruntime that optimized exports have; its weights stay inside."""

    def split(tensor):
        return tensor.view(tensor.shape[0], tensor.shape[1], heads, -1).transpose(1, 2)

    scores = torch.matmul(split(query), split(key).transpose(2, 3)) * scaling + bias
    return torch.matmul(scores.softmax(dim=-1), split(value)).transpose(1, 2).reshape(query.shape)


def multi_head_attention_node(graph, query, key, value, bias, heads, scaling):
    absent = graph.op("prim::Constant")
    absent.setType(torch._C.OptionalType.ofTensor())
    return graph.op(
        "com.microsoft::MultiHeadAttention",
        query,
        key,
        value,
        absent,
        absent,
        bias,
        num_heads_i=symbolic_helper._maybe_get_const(heads, "i"),
        scale_f=symbolic_helper._maybe_get_const(scaling, "f"),
    ).setType(query.type())


def fused_attention(module, query, key, value, attention_mask, scaling, dropout=0.0, **_):
    batch, heads, length, size = query.shape
    joined = [tensor.transpose(1, 2).reshape(batch, -1, heads * size) for tensor in (query, key, value)]
    if attention_mask is None:
        attention_mask = torch.zeros(batch, 1, length, key.shape[2], dtype=query.dtype)
    output = multi_head_attention(*joined, attention_mask, heads, scaling)
    return output.view(batch, length, heads, size), None


def register() -> None:
    for name, function in (("bmm", bmm_attention), ("fused", fused_attention)):
        ALL_ATTENTION_FUNCTIONS.register(name, function)
        ALL_MASK_ATTENTION_FUNCTIONS.register(name, ALL_MASK_ATTENTION_FUNCTIONS["eager"])
    torch.onnx.register_custom_op_symbolic("headlight::attention", multi_head_attention_node, 9)
