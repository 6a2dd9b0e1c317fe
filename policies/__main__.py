"""The policy pack: the controls of `surgeproof check`, your own in controls/, and the waivers beside this file."""

from pathlib import Path

from surgeproof.controls.pack.server import serve

serve(Path(__file__).parent)
