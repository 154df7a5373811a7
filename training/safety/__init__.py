"""The safety screen's classifier: labelled pairs, training, and checks for those who write rules.

`python -m training.safety check es` tries the rules of a language on its pairs;
`python -m training.safety train` writes the weights that ship (`make train-safety`).
"""
