"""Score replies: an encoder for meaning, cues for words, heads fitted on exemplars, and the reasons for a score."""
