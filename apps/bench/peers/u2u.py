"""U2U-R by Adam steps in PyTorch: the sum over pairs of users through class sums, with its gradient by hand, plus the
distance from the original. The released code, which makes an array of all pairs, is slower still."""
from peer import CONFIG, array, serve, torch_with_threads


def steps():
    torch = torch_with_threads()
    original = torch.from_numpy(array("theta", (CONFIG["rows"], CONFIG["cols"])))
    n1, n = CONFIG["first"], CONFIG["rows"]
    others = torch.full((n, 1), float(n1))
    others[:n1] = n - n1

    def run():
        theta = torch.nn.Parameter(original.clone())
        optimiser = torch.optim.Adam([theta], lr=0.001)
        with torch.no_grad():
            theta.grad = torch.empty_like(theta)
            for _ in range(CONFIG["timed"]):
                sums = torch.empty_like(theta)
                sums[:n1] = theta[n1:].sum(0)
                sums[n1:] = theta[:n1].sum(0)
                theta.grad = 4 * (others * theta - sums) + 2e-4 * (theta - original)
                optimiser.step()
        return f"{CONFIG['timed']} of {CONFIG['steps']} steps timed, times {run.scale:g}"

    run.scale = CONFIG["steps"] / CONFIG["timed"]
    return run


serve({"torch": steps})
