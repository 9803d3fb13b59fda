"""Steps of LightGCN under BPR in PyTorch: negatives, propagation over the graph, gradient, Adam."""

from peer import CONFIG, array, serve, torch_with_threads

USERS, ITEMS, FACTORS = CONFIG["users"], CONFIG["items"], CONFIG["factors"]


def training(product):
    """`product(torch, adjacency)` gives the function that multiplies by the adjacency."""
    torch = torch_with_threads()
    import numpy

    torch.manual_seed(0)
    indptr, indices = array("indptr"), array("indices").astype(numpy.int64)
    users = numpy.repeat(numpy.arange(USERS), numpy.diff(indptr))
    n = USERS + ITEMS
    row = numpy.concatenate([users, indices + USERS])
    col = numpy.concatenate([indices + USERS, users])
    degree = numpy.bincount(row, minlength=n).astype(numpy.float32)
    values = 1 / numpy.sqrt(degree[row] * degree[col])
    adjacency = (
        torch.sparse_coo_tensor(numpy.stack([row, col]), torch.from_numpy(values), (n, n)).coalesce().to_sparse_csr()
    )
    propagate = product(torch, adjacency)
    seen = torch.zeros(USERS, ITEMS, dtype=torch.bool)
    seen[torch.from_numpy(users), torch.from_numpy(indices)] = True
    pair_users, pair_items = torch.from_numpy(users), torch.from_numpy(indices)
    table = torch.nn.Parameter(torch.randn(n, FACTORS) * 0.01)
    optimiser = torch.optim.Adam([table], lr=CONFIG["lr"])
    taken = 0

    def draw():
        order = torch.randperm(len(pair_users))
        negatives = torch.randint(ITEMS, (len(order),))
        clash = seen[pair_users, negatives].nonzero().squeeze(1)
        while len(clash):
            negatives[clash] = torch.randint(ITEMS, (len(clash),))
            clash = clash[seen[pair_users[clash], negatives[clash]]]
        return order, negatives

    drawn = draw()

    def run():
        nonlocal taken
        order, negatives = draw() if CONFIG["whole"] else drawn
        for step in range(CONFIG["steps"]):
            batch = order[step * CONFIG["batch"] : (step + 1) * CONFIG["batch"]]
            u, i, j = pair_users[batch], pair_items[batch] + USERS, negatives[batch] + USERS
            layer, total = table, table
            for _ in range(CONFIG["layers"]):
                layer = propagate(layer)
                total = total + layer
            final = total / (CONFIG["layers"] + 1)
            user = torch.nn.functional.embedding(u, final)
            difference = (
                user * (torch.nn.functional.embedding(i, final) - torch.nn.functional.embedding(j, final))
            ).sum(1)
            decay = sum(torch.nn.functional.embedding(nodes, table).pow(2).sum() for nodes in (u, i, j))
            loss = torch.nn.functional.softplus(-difference).mean() + CONFIG["l2"] / 2 / len(batch) * decay
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
            taken += 1
        return f"loss {float(loss):.3g} after {taken} steps"

    return run


def csr():
    return training(lambda torch, adjacency: lambda x: torch.sparse.mm(adjacency, x))


def by_hand():
    """The adjacency is its own transpose: the backward pass multiplies by it, and makes no transpose."""

    def product(torch, adjacency):
        class Symmetric(torch.autograd.Function):
            @staticmethod
            def forward(_, x):
                return torch.sparse.mm(adjacency, x)

            @staticmethod
            def backward(_, gradient):
                return torch.sparse.mm(adjacency, gradient.contiguous())

        return Symmetric.apply

    return training(product)


serve({"csr": csr, "by-hand": by_hand})
