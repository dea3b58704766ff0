"""dlib's face recognition network, from which the larger networks start that teach ours."""
