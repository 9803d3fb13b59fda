"""Makes predictions.json: Python XGBoost's predictions, exact method (xgboost 1.7.4, numpy 1.24).

Run from this folder: python3 predictions.py
"""

import json
import numpy as np
import xgboost

rng = np.random.default_rng(11)


def case(name, rows, cols, classes, rounds, test_rows=60, decimals=3, **parameters):
    # Rounded features: short JSON, and repeated values, which exact splits must treat alike.
    x = np.round(rng.normal(size=(rows, cols)), decimals).astype(np.float32)
    score = x[:, 0] + 0.7 * x[:, 1] * x[:, 2] + 0.8 * rng.normal(size=rows)
    # One class: a number to be predicted, in years.
    y = (
        np.round(35 + 9 * score)
        if classes == 1
        else np.digitize(score, np.quantile(score, np.arange(1, classes) / classes))
    )
    held = np.round(rng.normal(size=(test_rows, cols)), decimals).astype(np.float32)
    settings = dict(tree_method='exact', base_score=0.5, nthread=1, seed=0, **parameters)
    settings.update(
        dict(objective='reg:squarederror')
        if classes == 1
        else dict(objective='binary:logistic') if classes == 2 else dict(objective='multi:softprob', num_class=classes)
    )
    model = xgboost.train(settings, xgboost.DMatrix(x, label=y), num_boost_round=rounds)
    numbers = lambda a: [float(f'{v:.9g}') for v in np.asarray(a, dtype=np.float64).ravel()]
    return dict(
        name=name,
        rows=rows,
        cols=cols,
        classes=classes,
        rounds=rounds,
        parameters=parameters,
        x=numbers(x),
        y=y.tolist(),
        testRows=test_rows,
        testX=numbers(held),
        predictions=numbers(model.predict(xgboost.DMatrix(held))),
    )


json.dump(
    dict(
        madeBy=f'xgboost {xgboost.__version__}, numpy {np.__version__}',
        cases=[
            case('defaults', 300, 8, 2, 100),
            case('shadow-set size', 54, 16, 2, 100),
            case('shallow and slow', 200, 5, 2, 40, max_depth=2, eta=0.1),
            case('few distinct values', 250, 6, 2, 30, decimals=0),
            case('three classes', 200, 6, 3, 25),
            case('seven classes', 250, 4, 7, 10),
            case('a number', 200, 5, 1, 60),
        ],
    ),
    open('predictions.json', 'w'),
    separators=(',', ':'),
)
