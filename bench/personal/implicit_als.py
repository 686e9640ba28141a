#!/usr/bin/env python3
"""The peer: implicit's ALS over the histories that come on standard input.

In:  {"items": n, "histories": [[item, ...], ...], "seed": s, "factors": ..., "regularization": ...,
      "alpha": ..., "iterations": ...}, one object a line
Out: {"train_s": ..., "score_ms": ..., "lists": [[item, ...], ...]}, one object a line
"""

import json
import os
import sys
import time

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy
from implicit.als import AlternatingLeastSquares
from scipy.sparse import csr_matrix

LENGTH = 20
SETTINGS = ("factors", "regularization", "alpha", "iterations")


def main():
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


def answer(asked):
    histories = asked["histories"]
    starts = numpy.cumsum([0] + [len(history) for history in histories])
    items = numpy.array([item for history in histories for item in history], dtype=numpy.int32)
    ones = numpy.ones(len(items), dtype=numpy.float32)
    matrix = csr_matrix((ones, items, starts), shape=(len(histories), asked["items"]))
    settings = {name: asked[name] for name in SETTINGS}
    model = AlternatingLeastSquares(random_state=asked["seed"], num_threads=os.cpu_count(), **settings)
    begin = time.perf_counter()
    model.fit(matrix, show_progress=False)
    trained = time.perf_counter()
    lists = [model.recommend(user, matrix[user], N=LENGTH)[0].tolist() for user in range(len(histories))]
    scored = time.perf_counter()
    return {"train_s": trained - begin, "score_ms": (scored - trained) * 1000 / len(histories), "lists": lists}


main()
