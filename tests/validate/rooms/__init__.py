"""The product on real conversations, held against what people saw in them frame by frame."""
