"""Which cases the small set holds: names, places, axes, granularities and kinds of mask."""

POINT_AXES = {1: ["example"], 2: ["batch", "sequence"]}


def example_points(random):
    return [int(random.integers(3, 6))]


def token_points(random):
    return [int(random.integers(2, 4)), int(random.integers(2, 5))]


def width(network, size, points, place):
    """Entries of the last axis at a place, or of the axis that a parameter route masks."""
    if network == "mlp":
        return {
            "input": size["in"], "pre1": size["h1"], "hidden1": size["h1"], "pre2": size["h2"],
            "hidden2": size["h2"], "output": size["out"],
            "linear1.out": size["h1"], "linear1.in": size["in"], "linear2.out": size["h2"], "linear2.in": size["h1"],
            "linear3.out": size["out"], "linear3.in": size["h2"],
        }[place]
    return {
        "embedding": size["d"], "norm": size["d"], "pre": size["h"], "hidden": size["h"], "mixed": size["h"],
        "output": size["v"], "embedding.out": size["d"], "norm.out": size["d"],
        "linear1.out": size["h"], "linear1.in": size["d"], "linear2.out": size["v"], "linear2.in": size["h"],
    }[place]


def mask_shape(points, granularity, features):
    lead = {
        "example": [points[0]] + [1] * (len(points) - 1), "token": list(points),
        "example-scalar": [points[0]] + [1] * (len(points) - 1), "token-scalar": list(points),
        "batch": [1] * len(points),
    }[granularity]
    return lead + [1 if granularity.endswith("scalar") else features]


def describe_route(network, size, points, index, wish):
    mechanism, where, granularity, kind = wish[:4]
    route = {"mechanism": mechanism}
    if mechanism == "parameter":
        layer, axis = where.split(".")
        applies = ["weight"] if axis == "in" or layer == "embedding" else ["weight", "bias"]
        applies = wish[4] if len(wish) > 4 else applies
        route |= {"layer": layer, "granularity": granularity, "kind": kind, "mask": f"mask/{index}", "axis": axis,
                  "applies_to": applies}
    else:
        route |= {"at": where, "granularity": granularity, "kind": kind, "mask": f"mask/{index}"}
    route["mask_shape"] = mask_shape(points, granularity, width(network, size, points, where))
    return route


def plan(network, name, draw_points, *wishes):
    def describe(random, index):
        points = draw_points(random)
        draw = lambda low, high: int(random.integers(low, high + 1))
        if network == "mlp":
            size = {"in": draw(2, 5), "h1": draw(4, 7), "h2": draw(3, 6), "out": draw(2, 4)}
        else:
            size = {"v": draw(5, 8), "d": draw(3, 6), "h": draw(4, 7)}
        case = {"name": name, "gelu": ("tanh", "none")[index % 2], "points": points,
                "point_axes": POINT_AXES[len(points)], "sizes": size}
        if network == "tokens":
            case["eps"] = 1e-5
        case["routes"] = [describe_route(network, size, points, k, wish) for k, wish in enumerate(wishes)]
        return case

    return {"name": name, "describe": describe}


def mlp_plans():
    one, many = example_points, token_points
    made = []
    for kind in ("binary", "negative", "zero"):
        made.append(plan("mlp", f"activation-hidden1-example-{kind}", one, ("activation", "hidden1", "example", kind)))
    for kind in ("binary", "fractional", "negative", "above-one", "zero"):
        made.append(plan("mlp", f"parameter-linear2-out-example-{kind}", one,
                         ("parameter", "linear2.out", "example", kind)))
    for place in ("input", "pre2", "output"):
        made.append(plan("mlp", f"activation-{place}-token-mixed", many, ("activation", place, "token", "mixed")))
    made += [
        plan("mlp", "activation-hidden1-example-above-one", one, ("activation", "hidden1", "example", "above-one")),
        plan("mlp", "activation-hidden2-scalar-per-token", many, ("activation", "hidden2", "token-scalar", "mixed")),
        plan("mlp", "activation-pre1-whole-batch", many, ("activation", "pre1", "batch", "binary")),
        plan("mlp", "forward-hidden2-example-mixed", one, ("forward", "hidden2", "example", "mixed")),
        plan("mlp", "forward-hidden1-token-zero", many, ("forward", "hidden1", "token", "zero")),
        plan("mlp", "parameter-linear1-out-token-mixed", many, ("parameter", "linear1.out", "token", "mixed")),
        plan("mlp", "parameter-linear2-both-axes", many, ("parameter", "linear2.out", "token", "binary"),
             ("parameter", "linear2.in", "token", "fractional")),
        plan("mlp", "parameter-hidden-region", one, ("parameter", "linear2.out", "example", "binary"),
             ("parameter", "linear3.in", "example", "binary"),
             ("parameter", "linear3.out", "example-scalar", "binary", ["bias"])),
        plan("mlp", "parameter-all-layers", many, ("parameter", "linear1.out", "token", "mixed"),
             ("parameter", "linear2.out", "token-scalar", "mixed"), ("parameter", "linear3.out", "example", "mixed")),
        plan("mlp", "parameter-linear3-in-token-mixed", many, ("parameter", "linear3.in", "token", "mixed")),
        plan("mlp", "activation-and-parameter", many, ("activation", "hidden2", "token", "mixed"),
             ("parameter", "linear1.out", "token", "binary"), ("parameter", "linear3.in", "token", "binary")),
        plan("mlp", "forward-and-parameter", many, ("forward", "hidden1", "token", "binary"),
             ("parameter", "linear2.out", "token", "mixed")),
        plan("mlp", "forward-and-activation", many, ("forward", "hidden1", "example", "binary"),
             ("activation", "hidden2", "token", "fractional")),
        plan("mlp", "no-route", many),
    ]
    return made


def tokens_plans():
    many = token_points
    made = []
    for layer in ("embedding", "norm", "linear1"):
        axis = "-out" if layer == "linear1" else ""
        made.append(plan("tokens", f"parameter-{layer}{axis}-token-mixed", many,
                         ("parameter", f"{layer}.out", "token", "mixed")))
    for place in ("embedding", "norm", "hidden", "mixed"):
        made.append(plan("tokens", f"activation-{place}-token-mixed", many, ("activation", place, "token", "mixed")))
    for place in ("embedding", "mixed"):
        made.append(plan("tokens", f"forward-{place}-token-mixed", many, ("forward", place, "token", "mixed")))
    made += [
        plan("tokens", "activation-hidden-example-fractional", many, ("activation", "hidden", "example", "fractional")),
        plan("tokens", "activation-pre-token-zero", many, ("activation", "pre", "token", "zero")),
        plan("tokens", "parameter-embedding-token-zero", many, ("parameter", "embedding.out", "token", "zero")),
        plan("tokens", "parameter-linear1-in-token", many, ("parameter", "linear1.in", "token", "mixed")),
        plan("tokens", "parameter-linear2-in-example", many, ("parameter", "linear2.in", "example", "binary")),
        plan("tokens", "parameter-linear2-out-scalar-per-token", many,
             ("parameter", "linear2.out", "token-scalar", "mixed")),
        plan("tokens", "parameter-norm-example-fractional", many, ("parameter", "norm.out", "example", "fractional")),
        plan("tokens", "parameter-embedding-scalar-per-token", many,
             ("parameter", "embedding.out", "token-scalar", "negative")),
        plan("tokens", "parameter-every-layer", many, ("parameter", "embedding.out", "token", "mixed"),
             ("parameter", "norm.out", "token", "mixed"), ("parameter", "linear1.out", "token", "mixed"),
             ("parameter", "linear2.out", "token", "above-one")),
        plan("tokens", "activation-and-parameter", many, ("activation", "mixed", "token", "mixed"),
             ("parameter", "linear1.out", "token", "binary"), ("parameter", "norm.out", "token", "fractional")),
        plan("tokens", "no-route", many),
    ]
    return made


CASES = {"mlp": mlp_plans(), "tokens": tokens_plans()}
