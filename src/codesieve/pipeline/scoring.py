"""The stages `complexity` and `quality`: the two scores that a ranking is made of."""
