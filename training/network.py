"""The encoder and its heads, in PyTorch: all-MiniLM-L6-v2 with heads for syntax, sentence starts, names and marks.

Written out rather than taken from a library, so that it exports to a graph of plain operators and trains in bfloat16
with no padding lost between short windows of one length.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor, nn
from torch.nn import functional

from app.language.wordpieces import SHAPES
from training.labels import Inventory


@dataclass(frozen=True, slots=True)
class Sizes:
    """Widths of the encoder (those of all-MiniLM-L6-v2) and of the heads."""

    vocabulary: int = 30522
    positions: int = 512
    width: int = 384
    layers: int = 6
    attention: int = 12
    inner: int = 1536
    arcs: int = 256
    labels: int = 96
    pairs: int = 64


class Linear(nn.Linear):
    """A linear map that can be trained as it is going to be stored."""

    rounded = False
    """Whether, in training, the forward pass sees the weights in the steps that ship, the backward pass as they are."""

    def forward(self, x: Tensor) -> Tensor:
        """[..., in] to [..., out]."""
        return functional.linear(x, in_steps(self.weight) if self.rounded and self.training else self.weight, self.bias)


STEPS = 64
"""Steps to either side of zero of a stored weight: what ONNX Runtime makes of eight bits less one (`export`)."""


def in_steps(weight: Tensor) -> Tensor:
    """A matrix [out, in] in steps of a 64th of each row's largest weight; gradients pass as if it were not."""
    scale = weight.detach().abs().amax(1).clamp(min=1e-8) / STEPS
    nothing = torch.zeros(len(scale), dtype=torch.int32, device=weight.device)
    return torch.fake_quantize_per_channel_affine(weight, scale, nothing, 0, -STEPS, STEPS)


class Drop(nn.Module):
    """Dropout whose draws are taken from a pool drawn once: on a CPU, drawing takes longer than a layer does."""

    def __init__(self, share: float = 0.0) -> None:
        super().__init__()
        self.share = share

    def forward(self, x: Tensor) -> Tensor:
        """``x``, some of it set to zero while training."""
        if not self.training or not self.share:
            return x
        pool = _drawn(self.share, x.dtype, x.device)
        at = int(torch.randint(len(pool) - x.numel(), ()))
        return x * pool[at : at + x.numel()].view(x.shape)


@cache
def _drawn(share: float, dtype: torch.dtype, device: torch.device) -> Tensor:
    return ((torch.rand(1 << 24) >= share) / (1 - share)).to(device, dtype)


class Layer(nn.Module):
    """One transformer layer, normalised after each part as BERT does."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.attention = sizes.attention
        self.qkv = Linear(sizes.width, 3 * sizes.width)
        self.out = Linear(sizes.width, sizes.width)
        self.norm_attention = nn.LayerNorm(sizes.width, eps=1e-12)
        self.up = Linear(sizes.width, sizes.inner)
        self.down = Linear(sizes.inner, sizes.width)
        self.norm = nn.LayerNorm(sizes.width, eps=1e-12)
        self.drop = Drop()

    def forward(self, x: Tensor, mask: Tensor | None) -> Tensor:
        """``x`` [B, P, width]; ``mask`` [B, 1, 1, P] is added to scores: 0 where there is a piece, far below where not.

        Plain operators: on a CPU the backward pass of the fused ones takes longer than all the rest.
        """
        b, p, width = x.shape
        q, k, v = self.qkv(x).view(b, p, 3, self.attention, width // self.attention).permute(2, 0, 3, 1, 4)
        scores = (q * (width // self.attention) ** -0.5) @ k.transpose(-1, -2)
        mixed = torch.softmax(scores if mask is None else scores + mask, -1) @ v
        x = self.norm_attention(x + self.drop(self.out(mixed.transpose(1, 2).reshape(b, p, width))))
        return self.norm(x + self.drop(self.down(functional.gelu(self.up(x)))))


class Encoder(nn.Module):
    """Word pieces with the shapes of their words to vectors, a mix of layers for each group of heads."""

    def __init__(self, sizes: Sizes, mixes: int) -> None:
        super().__init__()
        self.words = nn.Embedding(sizes.vocabulary, sizes.width)
        self.positions = nn.Embedding(sizes.positions, sizes.width)
        self.shapes = nn.Embedding(len(SHAPES), sizes.width)
        nn.init.zeros_(self.shapes.weight)
        self.norm = nn.LayerNorm(sizes.width, eps=1e-12)
        self.layers = nn.ModuleList(Layer(sizes) for _ in range(sizes.layers))
        self.mix = nn.Parameter(torch.zeros(mixes, sizes.layers))
        with torch.no_grad():
            self.mix[:, -1] = 1.5

    def forward(self, ids: Tensor, shapes: Tensor, mask: Tensor | None) -> list[Tensor]:
        """A tensor [B, P, width] for each mix."""
        places = torch.arange(ids.shape[1], device=ids.device)
        x = self.norm(self.words(ids) + self.positions(places) + self.shapes(shapes))
        if mask is not None:
            x = x.to(torch.bfloat16) if torch.is_autocast_enabled(x.device.type) else x
        states = []
        for layer in self.layers:
            x = layer(x, mask)
            states.append(x)
        shares = torch.softmax(self.mix, -1).to(x.dtype)
        return list((shares @ torch.stack(states).flatten(1)).view(-1, *x.shape))


def words_of(pieces: Tensor, first: Tensor, last: Tensor) -> Tensor:
    """The mean of each word's pieces: [B, P, width], [B, W], [B, W] to [B, W, width]."""
    sums = functional.pad(torch.cumsum(pieces.float(), 1), (0, 0, 1, 0))
    wide = lambda at: at.unsqueeze(-1).expand(-1, -1, pieces.shape[-1])  # noqa: E731
    total = torch.gather(sums, 1, wide(last + 1)) - torch.gather(sums, 1, wide(first))
    return total / (last - first + 1).unsqueeze(-1)


class Projection(nn.Module):
    """A word's part in a pair: one hidden layer."""

    def __init__(self, width: int, size: int, dropout: float) -> None:
        super().__init__()
        self.linear = Linear(width, size)
        self.dropout = Drop(dropout)

    def forward(self, x: Tensor) -> Tensor:
        """[..., width] to [..., size]."""
        return self.dropout(functional.leaky_relu(self.linear(x), 0.1))


class Reader(nn.Module):
    """The encoder with all heads. ``words`` gives what every head starts from; the scores are made from that."""

    def __init__(self, inventory: Inventory, sizes: Sizes | None = None) -> None:
        super().__init__()
        self.sizes = s = sizes or Sizes()
        self.encoder = Encoder(s, mixes=3)
        self.dropout = Drop(0.2)
        self.arc_dep, self.arc_head = (Projection(s.width, s.arcs, 0.25) for _ in range(2))
        self.label_dep, self.label_head = (Projection(s.width, s.labels, 0.25) for _ in range(2))
        self.root_arc = nn.Parameter(torch.randn(s.arcs) * 0.02)
        self.root_label = nn.Parameter(torch.randn(s.labels) * 0.02)
        self.arc = nn.Parameter(torch.randn(s.arcs, s.arcs) * s.arcs**-1)
        self.arc_bias = Linear(s.arcs, 1)
        self.label = nn.Parameter(torch.zeros(s.labels + 1, len(inventory.deprel), s.labels + 1))
        self.tags = nn.ModuleDict(
            {
                "xpos": Linear(s.width, len(inventory.xpos)),
                "morph": Linear(s.width, len(inventory.morph)),
                "lemma": Linear(s.width, len(inventory.lemma)),
                "start": Linear(s.width, 2),
            }
        )
        self.names = nn.Sequential(
            Linear(s.width, s.width), nn.GELU(), Drop(0.2), Linear(s.width, len(inventory.names))
        )
        self.marks = nn.ModuleDict(
            {
                "trigger": Linear(s.width, len(inventory.triggers)),
                "stage": Linear(s.width, len(inventory.stages)),
                "form": Linear(s.width, len(inventory.forms)),
                "negated": Linear(s.width, 2),
                "attribution": Linear(s.width, len(inventory.attributions)),
            }
        )
        self.pair_trigger, self.pair_word = (Projection(s.width, s.pairs, 0.2) for _ in range(2))
        self.pair = nn.Parameter(torch.zeros(s.pairs + 1, len(inventory.roles) + 1, s.pairs + 1))

    def rough(self, dropped: float) -> None:
        """From now on, in training, the encoder drops a share of what it computes and maps have weights in steps."""
        for module in self.modules():
            if isinstance(module, Layer):
                module.drop.share = dropped
            elif isinstance(module, Linear):
                module.rounded = True

    def words(self, ids: Tensor, shapes: Tensor, mask: Tensor | None, first: Tensor, last: Tensor) -> list[Tensor]:
        """Vectors [B, W, width] of words for syntax, names and marks."""
        mixes = [words_of(mix, first, last) for mix in self.encoder(ids, shapes, mask)]
        return [self.dropout(mix) for mix in mixes]

    def arcs(self, words: Tensor, sentence: Tensor) -> Tensor:
        """Scores [B, W, W] of each word's heads within its ``sentence`` [B, W]; a root's head is itself."""
        query = self.arc_dep(words) @ self.arc
        head = self.arc_head(words)
        scores = query @ head.transpose(1, 2) + self.arc_bias(head).squeeze(-1).unsqueeze(1)
        root = query @ self.root_arc.to(query.dtype) + self.arc_bias(self.root_arc)
        same = sentence.unsqueeze(1) == sentence.unsqueeze(2)
        return torch.diagonal_scatter(scores.float().masked_fill(~same, -1e4), root.float(), 0, 1, 2)

    def governing(self, words: Tensor, heads: Tensor) -> Tensor:
        """What each word's head [B, W] is in a relation: [B, W, size]."""
        head = self.label_head(words)
        own = heads == torch.arange(heads.shape[1], device=heads.device)
        chosen = torch.gather(head, 1, heads.unsqueeze(-1).expand(-1, -1, head.shape[-1]))
        return torch.where(own.unsqueeze(-1), self.root_label.to(head.dtype), chosen)

    def labels(self, dep: Tensor, head: Tensor) -> Tensor:
        """Scores [N, labels] of the relation of each dependent [N, size] to its head [N, size]."""
        return bilinear(dep, self.label, head)

    def pairs(self, trigger: Tensor, word: Tensor) -> Tensor:
        """Scores [N, roles + 1] of what a word is to a trigger; the last: whether it names the speaker."""
        return bilinear(trigger, self.pair, word)


def bilinear(left: Tensor, weights: Tensor, right: Tensor) -> Tensor:
    """[N, a], [a + 1, L, b + 1], [N, b] to [N, L]: the one added makes linear terms and a bias of it."""
    left, right = functional.pad(left, (0, 1), value=1.0), functional.pad(right, (0, 1), value=1.0)
    rows, kinds, columns = weights.shape
    mixed = (left @ weights.reshape(rows, kinds * columns).to(left.dtype)).view(-1, kinds, columns)
    return (mixed * right.unsqueeze(1)).sum(-1)


def start_from(reader: Reader, weights: dict[str, Tensor]) -> None:
    """Fill the encoder with the upstream weights; raises `KeyError` where one is missing."""
    e, own = reader.encoder, {}
    own["words.weight"] = weights["embeddings.word_embeddings.weight"]
    kinds = weights["embeddings.token_type_embeddings.weight"][0]
    own["positions.weight"] = weights["embeddings.position_embeddings.weight"] + kinds
    for part in ("weight", "bias"):
        own[f"norm.{part}"] = weights[f"embeddings.LayerNorm.{part}"]
        for i in range(reader.sizes.layers):
            old, new = f"encoder.layer.{i}.", f"layers.{i}."
            attention = [weights[f"{old}attention.self.{name}.{part}"] for name in ("query", "key", "value")]
            own[f"{new}qkv.{part}"] = torch.cat(attention)
            own[f"{new}out.{part}"] = weights[f"{old}attention.output.dense.{part}"]
            own[f"{new}norm_attention.{part}"] = weights[f"{old}attention.output.LayerNorm.{part}"]
            own[f"{new}up.{part}"] = weights[f"{old}intermediate.dense.{part}"]
            own[f"{new}down.{part}"] = weights[f"{old}output.dense.{part}"]
            own[f"{new}norm.{part}"] = weights[f"{old}output.LayerNorm.{part}"]
    e.load_state_dict(own, strict=False)
