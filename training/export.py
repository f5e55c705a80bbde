"""The trained reader to what the package ships: python -m training.export --trained FOLDER --out app/language/model.

The encoder and its heads become one ONNX graph that reads one window at a time, its weights in eight bits (those of the
word pieces with a scale a row, those of the first layer in sixteen); what is decided sentence by sentence (which word
governs which, by what relation, what a word is to a trigger) stays outside the graph, as matrices.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from importlib.metadata import version
from pathlib import Path

import numpy as np
import onnx
import spacy
import torch
from onnx import numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process
from safetensors.torch import load_file
from torch import Tensor, nn

from app.language import component  # noqa: F401  registers the reader
from app.language.shipped import READER, write_checksums
from training.labels import Inventory
from training.network import Reader, words_of
from training.train import upstream

POSITIONS = 258
"""Places that the graph knows: a window of 256 pieces and its bounds."""
OUTPUTS = (
    "start", "xpos", "morph", "lemma", "names", "arc_query", "arc_head", "arc_bias", "arc_root", "label_dep",
    "label_head",
    "trigger", "stage", "form", "negated", "attribution", "pair_trigger", "pair_word",
)  # fmt: skip


class EightBitRows(nn.Module):
    """An embedding whose rows are bytes with a scale each."""

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        scale = weight.abs().amax(1, keepdim=True).clamp(min=1e-8) / 127
        self.register_buffer("rows", torch.round(weight / scale).to(torch.int8))
        self.register_buffer("scale", scale)

    def forward(self, ids: Tensor) -> Tensor:
        """The rows asked for, as floats."""
        return self.rows[ids].float() * self.scale[ids]


class OneWindow(nn.Module):
    """The graph: pieces and word bounds of one window to what every head says of every word."""

    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self.reader = reader
        self.rows = EightBitRows(reader.encoder.words.weight.detach())
        self.places = nn.Parameter(reader.encoder.positions.weight[:POSITIONS].detach().clone())

    def forward(self, ids: Tensor, shapes: Tensor, first: Tensor, last: Tensor) -> tuple[Tensor, ...]:
        """[P], [P], [W], [W] to `OUTPUTS`, each [W] or [W, size]."""
        r, e = self.reader, self.reader.encoder
        x = e.norm(self.rows(ids) + self.places[: ids.shape[0]] + e.shapes(shapes)).unsqueeze(0)
        states = []
        for layer in e.layers:
            x = layer(x, None)
            states.append(x)
        shares = torch.softmax(e.mix, -1)
        mixes = [sum(shares[m, i] * s for i, s in enumerate(states)) for m in range(3)]
        syntax, names, marks = (words_of(mix, first.unsqueeze(0), last.unsqueeze(0))[0] for mix in mixes)
        query, head = r.arc_dep(syntax) @ r.arc, r.arc_head(syntax)
        return (
            torch.log_softmax(r.tags["start"](syntax), -1)[:, 1],
            *(r.tags[name](syntax).argmax(-1) for name in ("xpos", "morph", "lemma")),
            torch.log_softmax(r.names(names), -1),
            query,
            head,
            r.arc_bias(head)[:, 0],
            (query * r.root_arc).sum(-1) + r.arc_bias(r.root_arc),
            r.label_dep(syntax),
            r.label_head(syntax),
            *(
                torch.log_softmax(r.marks[name](marks), -1)
                for name in ("trigger", "stage", "form", "negated", "attribution")
            ),
            r.pair_trigger(marks),
            r.pair_word(marks),
        )


def export(trained: Path, out: Path, eight_bits: bool = True) -> None:
    """Write a spaCy pipeline that holds the reader into ``out``; without ``eight_bits``, to tell what these cost."""
    with tempfile.TemporaryDirectory() as folder:
        export_reader(trained, Path(folder), eight_bits)
        pipeline = spacy.blank("en")
        component = pipeline.add_pipe(READER)
        component.from_disk(Path(folder))  # type: ignore[attr-defined]
        pipeline.meta.update(name="entente_reader", version=version("entente-news"), license="CC BY-SA 4.0")
        pipeline.to_disk(out)


def export_reader(trained: Path, out: Path, eight_bits: bool) -> None:
    """Write the files that the reader loads into ``out``."""
    inventory = Inventory(**{k: tuple(v) for k, v in json.loads((trained / "labels.json").read_text()).items()})
    reader = Reader(inventory)
    reader.load_state_dict(load_file(trained / "reader.safetensors"))
    reader.eval()
    with tempfile.TemporaryDirectory() as folder:
        plain, ready = Path(folder) / "plain.onnx", Path(folder) / "ready.onnx"
        _trace(OneWindow(reader).eval(), plain)
        if eight_bits:
            quant_pre_process(plain, ready, skip_symbolic_shape=True)
            _quantise(ready, out / "reader.onnx")
        else:
            shutil.copy(plain, out / "reader.onnx")
    np.savez(
        out / "pairs.npz",
        label=reader.label.detach().numpy().astype(np.float16),
        label_root=reader.root_label.detach().numpy(),
        pair=reader.pair.detach().numpy().astype(np.float16),
    )
    shutil.copy(trained / "labels.json", out / "labels.json")
    shutil.copy(upstream()[0] / "vocab.txt", out / "vocabulary.txt")
    write_checksums(out)


FIRST_LAYER = "/layers.0/"
"""What its matrices are called. What they multiply is so uneven that eight bits for it cost more than in all others."""


def _quantise(plain: Path, out: Path) -> None:
    """Seven bits rather than eight: processors that lack VNNI overflow with eight and would read otherwise."""
    graph = onnx.load(plain).graph
    stored = {tensor.name for tensor in graph.initializer}
    first = [n for n in graph.node if n.op_type == "MatMul" and n.input[1] in stored and n.name.startswith(FIRST_LAYER)]
    quantize_dynamic(
        plain,
        out,
        op_types_to_quantize=["MatMul"],
        per_channel=True,
        reduce_range=True,
        weight_type=QuantType.QInt8,
        nodes_to_exclude=[node.name for node in first],
        extra_options={"MatMulConstBOnly": True},
    )
    _halve(out, {node.input[1] for node in first})


def _halve(path: Path, names: set[str]) -> None:
    """Store some matrices in sixteen bits; they are made floats as the graph is loaded."""
    model = onnx.load(path)
    for tensor in model.graph.initializer:
        if tensor.name in names:
            halved = numpy_helper.to_array(tensor).astype(np.float16)
            wide = onnx.helper.make_node("Cast", [f"{tensor.name}_halved"], [tensor.name], to=onnx.TensorProto.FLOAT)
            tensor.CopyFrom(numpy_helper.from_array(halved, f"{tensor.name}_halved"))
            model.graph.node.insert(0, wide)
    onnx.save(model, path)


def _trace(window: OneWindow, path: Path) -> None:
    example = (
        torch.tensor([101, 2023, 2003, 102]),
        torch.tensor([7, 0, 0, 7]),
        torch.tensor([1, 2]),
        torch.tensor([1, 2]),
    )
    names = ["ids", "shapes", "first", "last"]
    pieces, words = {0: "pieces"}, {0: "words"}
    axes = {"ids": pieces, "shapes": pieces, "first": words, "last": words, **dict.fromkeys(OUTPUTS, words)}
    with torch.no_grad():
        torch.onnx.export(
            window,
            example,
            path,
            input_names=names,
            output_names=list(OUTPUTS),
            dynamic_axes=axes,
            opset_version=17,
            dynamo=False,
        )
    onnx.checker.check_model(str(path))


def main() -> None:
    """The command."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--trained", type=Path, required=True)
    asked.add_argument("--out", type=Path, required=True)
    asked.add_argument("--full-precision", action="store_true", help="weights of 32 bits, to measure against")
    given = asked.parse_args()
    export(given.trained, given.out, not given.full_precision)


if __name__ == "__main__":
    main()
