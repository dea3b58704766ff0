"""Training of the face detector: a student that learns the maps of YuNet.

`make train-detector` installs PyTorch, which no other part of Mien uses, in an environment of its
own. The service imports nothing from here.
"""
