"""Parses MovieLens 1M's ratings with pandas."""
from peer import CONFIG, serve

NAMES = ["user", "item", "rating", "time"]


def python_engine():
    import pandas

    return lambda: f"{len(pandas.read_csv(CONFIG['path'], sep='::', engine='python', names=NAMES))} rows"


def c_engine():
    """The C engine knows no delimiter of two characters: colons one by one, and the empty columns between left out."""
    import pandas

    def run():
        return f"{len(pandas.read_csv(CONFIG['path'], sep=':', engine='c', header=None, usecols=[0, 2, 4, 6]))} rows"

    return run


serve({"python": python_engine, "c": c_engine})
