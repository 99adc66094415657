"""Build the variants: fold float16, densify, rewrite exactly, quantise, name the tools.

    published file -> fold -> (widen slopes -> integer layers) -> integer weights -> file and manifest entry

Measuring a variant needs the stage and the signals: `edge.tuning.variants` does it and installs what passes.
"""

from edge.models.variants.recipe import VARIANTS, Built, make, packaged_layers, variant_of

__all__ = ["VARIANTS", "Built", "make", "packaged_layers", "variant_of"]
