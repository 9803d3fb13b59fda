"""An epoch of NeuMF (He et al. 2017) in PyTorch: negatives, binary cross-entropy, Adam."""
from peer import CONFIG, array, serve, torch_with_threads

USERS, ITEMS = CONFIG["users"], CONFIG["items"]


def train():
    torch = torch_with_threads()
    import numpy

    torch.manual_seed(0)
    indptr, indices = array("indptr"), array("indices").astype(numpy.int64)
    users = torch.from_numpy(numpy.repeat(numpy.arange(USERS), numpy.diff(indptr)))
    items = torch.from_numpy(indices)
    seen = torch.zeros(USERS, ITEMS, dtype=torch.bool)
    seen[users, items] = True

    class NeuMf(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.user_gmf = torch.nn.Embedding(USERS, CONFIG["gmf"])
            self.item_gmf = torch.nn.Embedding(ITEMS, CONFIG["gmf"])
            self.user_mlp = torch.nn.Embedding(USERS, CONFIG["mlp"])
            self.item_mlp = torch.nn.Embedding(ITEMS, CONFIG["mlp"])
            for table in (self.user_gmf, self.item_gmf, self.user_mlp, self.item_mlp):
                torch.nn.init.normal_(table.weight, std=0.01)
            widths = [2 * CONFIG["mlp"], *CONFIG["hidden"]]
            layers = []
            for before, after in zip(widths, widths[1:]):
                layers += [torch.nn.Linear(before, after), torch.nn.ReLU()]
            self.tower = torch.nn.Sequential(*layers)
            self.output = torch.nn.Linear(CONFIG["gmf"] + widths[-1], 1)

        def forward(self, u, i):
            product = self.user_gmf(u) * self.item_gmf(i)
            hidden = self.tower(torch.cat([self.user_mlp(u), self.item_mlp(i)], 1))
            return self.output(torch.cat([product, hidden], 1)).squeeze(1)

    model = NeuMf()
    optimiser = torch.optim.Adam(model.parameters(), lr=CONFIG["lr"])
    criterion = torch.nn.BCEWithLogitsLoss()
    epoch = 0

    def run():
        nonlocal epoch
        epoch += 1
        order = torch.randperm(len(users))
        repeated = users.repeat_interleave(CONFIG["negatives"])
        drawn = torch.randint(ITEMS, (len(repeated),))
        clash = seen[repeated, drawn].nonzero().squeeze(1)
        while len(clash):
            drawn[clash] = torch.randint(ITEMS, (len(clash),))
            clash = clash[seen[repeated[clash], drawn[clash]]]
        drawn = drawn.view(-1, CONFIG["negatives"])
        total = 0.0
        for start in range(0, len(order), CONFIG["batch"]):
            batch = order[start:start + CONFIG["batch"]]
            u = users[batch]
            negatives = drawn[batch]
            all_users = torch.cat([u, u.repeat_interleave(CONFIG["negatives"])])
            all_items = torch.cat([items[batch], negatives.reshape(-1)])
            target = torch.zeros(len(all_users))
            target[:len(u)] = 1
            loss = criterion(model(all_users, all_items), target)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
            total += float(loss) * len(u)
        return f"loss {total / len(users):.3g} in epoch {epoch}"

    return run


serve({"torch": train})
