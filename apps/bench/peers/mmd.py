"""MMD^2 of two samples under five radial kernels, with its gradient, in PyTorch."""

from peer import CONFIG, array, serve, torch_with_threads

N, K, FIRST = CONFIG["rows"], CONFIG["cols"], CONFIG["first"]
SCALES = (0.25, 0.5, 1, 2, 4)
# Arrays of (rows, N, K) that autograd keeps stay below this many values, 256 MB each.
MOST_VALUES = 64_000_000
# At most this many blocks are run, all of which do the same work, and times are scaled to all of them.
MOST_BLOCKS = {"autograd": 2, "by-hand": 100}[CONFIG["peer"]]


def autograd():
    """The formulation of the released code: all differences, all five exponentials, autograd. Where an array of all
    differences would be larger than MOST_VALUES, in blocks of rows with a backward pass each."""
    torch = torch_with_threads()
    theta = torch.from_numpy(array("theta", (N, K)))
    weights = torch.full((N,), -1.0 / (N - FIRST))
    weights[:FIRST] = 1.0 / FIRST
    block = max(1, min(N, MOST_VALUES // (N * K)))
    rows_run = min(N, MOST_BLOCKS * block)

    def run():
        x = theta.clone().requires_grad_(True)
        with torch.no_grad():
            mean = x.double().mean(0)
            bandwidth = float(2 * ((x.double() - mean) ** 2).sum() / (N - 1))
        value = 0.0
        for start in range(0, rows_run, block):
            rows = slice(start, min(start + block, N))
            distance = ((x[rows].unsqueeze(1) - x.unsqueeze(0)) ** 2).sum(2)
            kernel = sum(torch.exp(-distance / (bandwidth * scale)) for scale in SCALES)
            part = weights[rows] @ kernel @ weights
            part.backward()
            value += float(part)
        if rows_run < N:
            return f"{rows_run} of {N} rows timed in blocks of {block}, times {run.scale:.3g}"
        return f"value {value:.6g}, blocks of {block} rows"

    run.scale = N / rows_run
    return run


def by_hand():
    """No autograd: distances by a matrix product, one exponential for all five kernels, in place, in blocks that stay
    in the second-level cache."""
    torch = torch_with_threads()
    theta = torch.from_numpy(array("theta", (N, K)))
    weights = torch.full((N,), -1.0 / (N - FIRST))
    weights[:FIRST] = 1.0 / FIRST
    block = max(16, min(N, 1_000_000 // N))
    rows_run = min(N, MOST_BLOCKS * block)

    def run():
        with torch.no_grad():
            x = theta - theta.mean(0)
            norms = (x * x).sum(1)
            bandwidth = float(2 * norms.double().sum() / (N - 1))
            gradient = torch.empty_like(x)
            value = 0.0
            narrow = -1 / (4 * bandwidth)
            for start in range(0, rows_run, block):
                rows = slice(start, min(start + block, rows_run))
                t = (
                    torch.addmm(norms.unsqueeze(0), x[rows], x.T, alpha=-2)
                    .add_(norms[rows].unsqueeze(1))
                    .clamp_(min=0)
                    .mul_(narrow)
                    .exp_()
                )
                t2 = t * t
                kernel = t + t2
                slope = t.addcmul_(t2, torch.tensor(2.0))
                t4 = t2.mul_(t2)
                kernel.add_(t4)
                slope.add_(t4, alpha=4)
                t8 = t4.mul_(t4)
                kernel.add_(t8)
                slope.add_(t8, alpha=8)
                t16 = t8.mul_(t8)
                kernel.add_(t16)
                slope.add_(t16, alpha=16)
                value += float(weights[rows] @ (kernel @ weights))
                slope.mul_(weights)
                own = slope.sum(1, keepdim=True) * x[rows] - slope @ x
                gradient[rows] = own * (weights[rows].unsqueeze(1) * (-1 / bandwidth))
        if rows_run < N:
            return f"{rows_run} of {N} rows timed in blocks of {block}, times {run.scale:.3g}"
        return f"value {value:.6g}, blocks of {block} rows"

    run.scale = N / rows_run
    return run


serve({"autograd": autograd, "by-hand": by_hand})
