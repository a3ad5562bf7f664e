"""Reference values of latent Dirichlet allocation, from scikit-learn.

Writes packages/cosmat/test/golden/lda.json: word counts of 120 synthetic documents, scikit-learn's fitted topics, and its
perplexity and topic proportions on 30 held-out documents.

    python scripts/parity/cosmat_lda.py
"""

import json
import pathlib
import sys

import numpy
import sklearn
from sklearn.decomposition import LatentDirichletAllocation

rng = numpy.random.default_rng(7)
topics, words, documents = 5, 60, 150
topic_words = rng.dirichlet(numpy.full(words, 0.1), topics)
counts = numpy.stack(
    [rng.multinomial(rng.integers(30, 80), rng.dirichlet(numpy.full(topics, 0.3)) @ topic_words) for _ in range(documents)]
)
train, held_out = counts[:120], counts[120:]
model = LatentDirichletAllocation(
    n_components=topics, learning_method="batch", max_iter=100, max_doc_update_iter=100, mean_change_tol=1e-3, random_state=0
).fit(train)
golden = {
    "script": "scripts/parity/cosmat_lda.py",
    "versions": {"python": sys.version.split()[0], "scikit-learn": sklearn.__version__, "numpy": numpy.__version__},
    "topics": topics,
    "train": train.tolist(),
    "heldOut": held_out.tolist(),
    "lambda": model.components_.T.round(9).tolist(),
    "trainPerplexity": model.perplexity(train),
    "heldOutPerplexity": model.perplexity(held_out),
    "heldOutProportions": model.transform(held_out).round(9).tolist(),
}
path = pathlib.Path(__file__).parents[2] / "packages/cosmat/test/golden/lda.json"
path.write_text(json.dumps(golden) + "\n")
print(golden["trainPerplexity"], golden["heldOutPerplexity"])
