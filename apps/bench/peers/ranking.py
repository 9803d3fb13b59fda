"""Top k of all items for every user with NumPy, in blocks of users, then NDCG@k and HR@k."""
from peer import CONFIG, array, serve

# Scores of a block stay below this many values, 64 MB.
MOST_SCORES = 16_000_000


def evaluate():
    import numpy as np

    k = CONFIG["k"]
    users = array("userTable", (CONFIG["users"], CONFIG["cols"]))
    # argpartition puts the least first: scores are negated once, in the table.
    items = np.ascontiguousarray(-array("itemTable", (CONFIG["items"], CONFIG["cols"])).T)
    seen_start, seen = array("seenIndptr"), array("seenIndices")
    test_start, test = array("testIndptr"), array("testIndices")
    block = max(1, MOST_SCORES // CONFIG["items"])
    discount = 1 / np.log2(np.arange(k) + 2)
    ideal = np.cumsum(discount)

    def run():
        gain = hits = counted = 0.0
        held = np.zeros((block, CONFIG["items"]), dtype=bool)
        for start in range(0, len(users), block):
            end = min(start + block, len(users))
            scores = users[start:end] @ items
            rows = np.repeat(np.arange(end - start), np.diff(seen_start[start:end + 1]))
            scores[rows, seen[seen_start[start]:seen_start[end]]] = np.inf
            top = np.argpartition(scores, k, axis=1)[:, :k]
            own = np.arange(end - start)[:, None]
            top = top[own, np.argsort(scores[own, top], axis=1, kind="stable")]
            rows = np.repeat(np.arange(end - start), np.diff(test_start[start:end + 1]))
            columns = test[test_start[start]:test_start[end]]
            held[rows, columns] = True
            hit = held[own, top]
            held[rows, columns] = False
            relevant = np.diff(test_start[start:end + 1])
            some = relevant > 0
            gain += ((hit * discount).sum(1)[some] / ideal[np.minimum(relevant[some], k) - 1]).sum()
            hits += hit.any(1)[some].sum()
            counted += some.sum()
        return f"NDCG@{k} {gain / counted:.6f}, HR@{k} {hits / counted:.6f}"

    return run


serve({"numpy": evaluate})
