"""Fits xgboost's own Python classes with the defaults, one fit after the other, each with all threads."""

from peer import CONFIG, array, serve


def fit():
    import xgboost

    x, y = array("x", (CONFIG["rows"], CONFIG["cols"])), array("y")
    parameters = {
        "objective": "binary:logistic",
        "tree_method": "exact",
        "base_score": 0.5,
        "nthread": CONFIG["perFit"],
        "verbosity": 0,
    }

    def run():
        for seed in range(CONFIG["fits"]):
            model = xgboost.train({**parameters, "seed": seed}, xgboost.DMatrix(x, y, nthread=CONFIG["perFit"]), 100)
            if seed == 0:
                first = float(model.predict(xgboost.DMatrix(x[:1]))[0])
        return f"first probability {first:.6f}"

    return run


serve({"xgboost": fit})
