"""The split autoencoder from its formulas: maps, loss terms, Adam, evaluation."""

from dataclasses import dataclass

import torch

from common import exact_f32

ADAM = {"lr": 1e-3, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 5e-5}
PIXELS = 784


@dataclass(frozen=True)
class Setting:
    """One row of table 2: which digits the first half serves, what is routed, and the weight of every term."""

    digits_of_first_half: str
    routed: bool
    two_decoders: bool
    weights: dict

    def is_first(self, labels):
        low, high = (int(digit) for digit in self.digits_of_first_half.split("-"))
        return (labels >= low) & (labels <= high)


def shapes(hidden, latent):
    first, second = hidden
    down, up = (PIXELS, first, second, latent), lambda code: (code, second, first, PIXELS)
    parts = {"encoder": down, "decoder_good": up(latent), "decoder_bad": up(latent),
             "decoder_certificate_top": up(latent // 2), "decoder_certificate_bot": up(latent // 2)}
    made = {}
    for part, widths in parts.items():
        for index, (fan_in, fan_out) in enumerate(zip(widths, widths[1:])):
            made[f"{part}.{2 * index}.weight"] = (fan_out, fan_in)
            if part != "encoder" or index < 2:
                made[f"{part}.{2 * index}.bias"] = (fan_out,)
    return made


def draw_weights(random, hidden, latent):
    """Uniform within one over the root of the number of inputs, weights and biases alike."""
    made, fan_in = {}, 1
    for name, shape in shapes(hidden, latent).items():
        fan_in = shape[1] if len(shape) == 2 else fan_in
        made[name] = exact_f32(random.uniform(-1, 1, shape) * fan_in**-0.5)
    return made


def spread(weights, images):
    """Rescales the encoder so that every hidden unit fires on half of the images and every code entry has unit spread.

    A network this small would otherwise start with dead units and codes that are copies of each other, and could not
    tell a right correlation term from a wrong one.
    """
    made, value = dict(weights), images
    for index in (0, 2, 4):
        rows = value @ made[f"encoder.{index}.weight"].T
        scale = 1 / rows.std(0)
        made[f"encoder.{index}.weight"] = made[f"encoder.{index}.weight"] * scale[:, None]
        if index < 4:
            made[f"encoder.{index}.bias"] = -(rows * scale).quantile(0.5, dim=0)
            value = torch.relu(rows * scale + made[f"encoder.{index}.bias"])
    return made


def names_of(init, two_decoders):
    return [name for name in init if two_decoders or not name.startswith("decoder_bad.")]


def images_of(data, dtype):
    pixels = torch.from_numpy(data["images"]).to(dtype)
    return (pixels / 255 - 0.5) / 0.5


def decode(weights, part, value):
    """Three linear maps with ReLU between them; the encoder's last map has no bias."""
    for index in (0, 2, 4):
        value = value @ weights[f"{part}.{index}.weight"].T
        if f"{part}.{index}.bias" in weights:
            value = value + weights[f"{part}.{index}.bias"]
        if index < 4:
            value = torch.relu(value)
    return value


def encode(weights, images):
    return decode(weights, "encoder", images)


def halves(code):
    half = code.shape[1] // 2
    return code[:, :half], code[:, half:]


def correlation(one, other):
    """Mean absolute entry of the correlation matrix: n-1 under the deviation's root, n after it, no epsilon."""
    n = one.shape[0]

    def standardised(value):
        centred = value - value.mean(0)
        return centred / torch.sqrt((centred**2).sum(0) / (n - 1))

    return (standardised(one).T @ standardised(other) / n).abs().mean()


def l1(value):
    return value.abs().mean(0).sum()


def certificates_and_penalties(weights, images, code):
    first, second = halves(code)
    error = lambda part, half: (decode(weights, part, half.detach()) - images).abs().mean()
    return {
        "certificate_first_half": error("decoder_certificate_top", first),
        "certificate_second_half": error("decoder_certificate_bot", second),
        "l1_first_half": l1(first), "l1_second_half": l1(second), "correlation": correlation(first, second),
    }


def terms(weights, images, labels, setting):
    """Every term by its formula, with the published two decoder passes; an empty subset's mean is NaN."""
    code = encode(weights, images)
    first, second = halves(code)
    own = setting.is_first(labels)
    left = right = code
    if setting.routed:
        left = torch.cat([first, second.detach()], 1)
        right = torch.cat([first.detach(), second], 1)
    first_route = (decode(weights, "decoder_good", left) - images).abs()
    other = "decoder_bad" if setting.two_decoders else "decoder_good"
    second_route = (decode(weights, other, right) - images).abs()
    return {
        "first_route_on_its_digits": first_route[own].mean(),
        "first_route_on_other_digits": first_route[~own].mean(),
        "second_route_on_its_digits": second_route[~own].mean(),
    } | certificates_and_penalties(weights, images, code)


def total(values, weights):
    """Weighted sum; a term of weight 0 is left out, not multiplied."""
    return sum(weight * values[name] for name, weight in weights.items() if weight)


def masked(code, mask):
    return mask * code + (1 - mask) * code.detach()


def mask_rows(code, own, routed, on_all):
    """One mask row per image for a single decoder pass that equals the two."""
    if not routed:
        return torch.ones_like(code)
    half = code.shape[1] // 2
    mask = torch.zeros_like(code)
    mask[own, :half] = 1
    if on_all:
        mask[~own] = 0.5
    else:
        mask[~own, half:] = 1
    return mask


def one_pass_total(weights, images, labels, setting, subset_weights):
    """One decoder pass; images weigh 1/|own group| (2/|S2| when the first route has all digits), or all 1/n."""
    code, own = encode(weights, images), setting.is_first(labels)
    on_all = bool(setting.weights["first_route_on_other_digits"])
    mask = mask_rows(code, own, setting.routed, on_all)
    per_image = (decode(weights, "decoder_good", masked(code, mask)) - images).abs().mean(1)
    share = torch.full_like(per_image, 1 / len(per_image))
    if subset_weights:
        share[own] = 1 / int(own.sum())
        share[~own] = (2 if on_all else 1) / int((~own).sum())
    values = certificates_and_penalties(weights, images, code)
    return (share * per_image).sum() + total(values, {name: setting.weights[name] for name in values})


def variant_terms(weights, images, labels, nominal, strength=1e-3):
    """The mask variant: one overall mean, no correlation, L1 over a nominal batch size. Also returns the code."""
    code = encode(weights, images)
    mask = mask_rows(code, labels <= 4, True, False)
    first, second = halves(code)
    error = lambda part, value: (decode(weights, part, value) - images).abs().mean()
    return {
        "reconstruction": error("decoder_good", masked(code, mask)),
        "l1_weighted": strength * (first.abs().sum() + second.abs().sum()) / nominal,
        "certificate_first_half": error("decoder_certificate_top", first.detach()),
        "certificate_second_half": error("decoder_certificate_bot", second.detach()),
    }, code


def gradients(objective, weights):
    held = {name: value.clone().requires_grad_() for name, value in weights.items()}
    found = torch.autograd.grad(objective(held), list(held.values()), allow_unused=True)
    return {name: torch.zeros_like(value) if gradient is None else gradient
            for (name, value), gradient in zip(held.items(), found)}


def train(objective, weights, steps):
    """Losses before each step, and the weights after each step (index 0: the start)."""
    held = {name: value.clone().requires_grad_() for name, value in weights.items()}
    optimiser = torch.optim.Adam(held.values(), foreach=False, fused=False, **ADAM)
    losses, snapshots = [], [weights]
    for _ in range(steps):
        optimiser.zero_grad()
        loss = objective(held)
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))
        snapshots.append({name: value.detach().clone() for name, value in held.items()})
    return losses, snapshots


@torch.no_grad()
def evaluate(weights, images, labels, two_decoders):
    """Labels present, and per digit the mean squared and the mean absolute error of every decoder."""
    code = encode(weights, images)
    first, second = halves(code)
    outputs = {
        "shared_or_first_decoder": decode(weights, "decoder_good", code),
        "shared_or_second_decoder": decode(weights, "decoder_bad" if two_decoders else "decoder_good", code),
        "certificate_first_half": decode(weights, "decoder_certificate_top", first),
        "certificate_second_half": decode(weights, "decoder_certificate_bot", second),
    }
    present = sorted(set(labels.tolist()))
    by_digit = lambda error: [float(error.mean(1)[labels == digit].mean()) for digit in present]
    mse = {name: by_digit((output - images) ** 2) for name, output in outputs.items()}
    mae = {name: by_digit((output - images).abs()) for name, output in outputs.items()}
    return present, mse, mae
