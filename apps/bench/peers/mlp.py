"""Fits scikit-learn's MLPClassifier with the paper's settings for a given number of epochs."""
from peer import CONFIG, array, serve


def fit():
    from sklearn.neural_network import MLPClassifier

    x, y = array("x", (CONFIG["rows"], CONFIG["cols"])), array("y")

    def run():
        # Patience beyond max_iter leaves the number of epochs to max_iter.
        model = MLPClassifier(alpha=1.0, max_iter=CONFIG["epochs"], tol=0.0, n_iter_no_change=10_000, random_state=0)
        model.fit(x, y)
        assert model.n_iter_ == CONFIG["epochs"]
        return f"loss {model.loss_:.4f}"

    return run


serve({"sklearn": fit})
