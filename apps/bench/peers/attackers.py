"""Fits an attacker with scikit-learn or xgboost to the first rows of a table and scores the others."""
from peer import CONFIG, array, serve


def fit(make, scores):
    def prepare():
        known, count = CONFIG["known"], CONFIG["count"]
        x, y = array("x", (CONFIG["rows"], CONFIG["cols"])), array("y")
        make()

        def run():
            for _ in range(count):
                first = scores(make().fit(x[:known], y[:known]), x[known:])[0]
            return f"first score {first:.4f}"

        run.scale = 1 / count
        return run

    return prepare


def second(model, x):
    return model.predict_proba(x)[:, 1]


def logistic():
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(max_iter=1000)


def qda():
    from sklearn.discriminant_analysis import QuadraticDiscriminantAnalysis

    return QuadraticDiscriminantAnalysis(reg_param=0.1)


def svm():
    from sklearn.svm import SVC

    return SVC(class_weight="balanced")


def knn():
    # Ours chooses among four numbers of neighbours by cross-validation beforehand; scikit-learn is given one.
    from sklearn.neighbors import KNeighborsClassifier

    return KNeighborsClassifier(45, weights="distance", algorithm="brute")


def mlp():
    from sklearn.neural_network import MLPClassifier

    return MLPClassifier(alpha=1.0, max_iter=1000)


def xgb():
    from xgboost import XGBClassifier

    return XGBClassifier(n_jobs=1, tree_method="hist", max_bin=CONFIG["bins"], verbosity=0)


serve({
    "logistic": fit(logistic, second),
    "qda": fit(qda, second),
    "svm": fit(svm, lambda model, x: model.decision_function(x)),
    "knn": fit(knn, second),
    "mlp": fit(mlp, second),
    "xgb": fit(xgb, second),
})
