"""From a recipe to a run folder: stages that score, one pass that decides, and the proof."""
