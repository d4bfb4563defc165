package dev.sluice.models.transformer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.engine.DType;
import dev.sluice.engine.HookPoint;
import dev.sluice.engine.Parameter;
import dev.sluice.engine.TapSet;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.engine.testing.Golden;
import dev.sluice.engine.testing.GoldenCheck;
import dev.sluice.engine.testing.GoldenTensors;
import dev.sluice.engine.testing.NoNativeLeaks;
import dev.sluice.models.pretrained.PretrainedWeights;
import dev.sluice.routing.Router;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Routes inside language models, in numbers of the published library. */
@Tag("golden")
@ExtendWith(NoNativeLeaks.class)
final class RoutingGoldenTest {
    private final Golden golden = Golden.subject("routing");

    @Test
    void losses_gradients_and_logits_of_every_case_are_those_of_the_published_library()
            throws IOException {
        GoldenCheck check = new GoldenCheck("routing");
        List<Path> folders;
        try (Stream<Path> found = Files.list(golden.folder())) {
            folders = found.filter(Files::isDirectory).sorted().toList();
        }
        for (Path folder : folders) {
            for (DType dtype : List.of(DType.F64, DType.F32)) {
                run(check, folder, dtype);
            }
        }
        check.finish();
    }

    private void run(GoldenCheck check, Path folder, DType dtype) {
        String name = String.valueOf(folder.getFileName());
        GoldenTensors tensors = golden.tensors(name + "/cases." + dtype.label() + ".safetensors");
        if (tensors == null) {
            return;
        }
        JsonNode index = golden.json(name + "/cases.json");
        JsonNode bound = index.get("tolerance").get(dtype.label());
        try (TensorScope scope = TensorScope.open();
                PretrainedWeights weights = PretrainedWeights.open(folder);
                Transformer model = weights.load(dtype)) {
            for (JsonNode node : index.get("cases")) {
                Case c = new Case(name + " " + dtype.label(), node, tensors, weights, bound);
                if (tensors.has(c.path("input_ids"))) {
                    check.startCase();
                    try (TensorScope each = TensorScope.open()) {
                        c.run(check, model);
                    }
                }
            }
        }
    }

    private static Tensor gradient(Parameter p) {
        Tensor g = p.grad();
        return g == null ? Tensor.zeros(p.value().dtype(), p.value().shape()) : g;
    }

    /** One case in one number type. */
    private record Case(
            String model,
            JsonNode node,
            GoldenTensors tensors,
            PretrainedWeights weights,
            JsonNode bound) {
        String path(String tensor) {
            return "case/" + node.get("name").asText() + "/" + tensor;
        }

        void compare(GoldenCheck check, String tensor, Tensor actual) {
            if (tensors.has(path(tensor))) {
                check.compare(
                        model + "/" + path(tensor),
                        tensors.get(path(tensor)),
                        actual,
                        bound.get("relative_to_tensor_max").asDouble(),
                        bound.get("absolute").asDouble());
            }
        }

        void run(GoldenCheck check, Transformer model) {
            Tokens whole =
                    GoldenTokens.of(
                            tensors.get(path("input_ids")), tensors.get(path("attention_mask")));
            model.clearGradients();
            List<HookPoint.Interception> open = new ArrayList<>();
            try (TapSet taps = new TapSet()) {
                List<Tensor> penalised = new ArrayList<>();
                boolean before = node.at("/l1/where").asText().equals("before_mask");
                if (before) {
                    penalise(model, open, taps, penalised);
                }
                @Nullable Tensor bias = bias(model, open);
                GoldenRouting routing = new GoldenRouting(node, tensors);
                routing.joint().forEach((hook, mask) -> mask(model, open, taps, hook, mask));
                try (Router router = Router.open(model, routing.plan(), "batch")) {
                    if (!before) {
                        penalise(model, open, taps, penalised);
                    }
                    Tensor logits = model.logits(whole.inputs());
                    Tensor loss = penalty(Transformer.loss(logits, whole), penalised);
                    loss.backward();
                    router.finish();
                    compare(check, "loss", loss.reshape(1));
                    compare(check, "logits", GoldenTokens.atRealPlaces(logits, whole.inputs()));
                }
                weights.stored(model, RoutingGoldenTest::gradient)
                        .forEach((name, g) -> compare(check, "grad/" + name, g));
                if (bias != null) {
                    compare(check, "grad_bias", Objects.requireNonNull(bias.grad()));
                }
            } finally {
                open.forEach(HookPoint.Interception::close);
            }
        }

        private static void mask(
                Transformer model,
                List<HookPoint.Interception> open,
                TapSet taps,
                String name,
                Tensor mask) {
            HookPoint hook = Objects.requireNonNull(model.hooks().get(name), name);
            open.add(
                    hook.intercept(
                            x -> {
                                Tensor y = x.reshape(x.shape());
                                taps.tap(y, g -> g.mul(mask.to(g.dtype())));
                                return y;
                            }));
        }

        private void penalise(
                Transformer model,
                List<HookPoint.Interception> open,
                TapSet taps,
                List<Tensor> penalised) {
            for (JsonNode layer : node.at("/l1/layers")) {
                String name = "blocks." + layer.asInt() + "." + node.at("/l1/hook").asText();
                HookPoint hook = Objects.requireNonNull(model.hooks().get(name), name);
                open.add(
                        hook.intercept(
                                x -> {
                                    penalised.add(taps.retain(x));
                                    return x;
                                }));
            }
        }

        private Tensor penalty(Tensor loss, List<Tensor> penalised) {
            Tensor sum = loss;
            for (Tensor x : penalised) {
                double weight =
                        node.at("/l1/coefficient").asDouble()
                                / node.at("/l1/denominator").asDouble();
                sum = sum.add(x.abs().sum().mul(weight));
            }
            return sum;
        }

        private @Nullable Tensor bias(Transformer model, List<HookPoint.Interception> open) {
            if (!node.has("bias")) {
                return null;
            }
            Tensor bias =
                    tensors.get(path(node.at("/bias/tensor").asText()))
                            .to(model.dtype())
                            .requireGrad();
            Tensor rule = tensors.get(path(node.at("/specs/0/rule").asText())).to(model.dtype());
            Tensor weight = rule.neg().add(1).unsqueeze(-1);
            String at = node.at("/bias/at").asText();
            HookPoint hook = Objects.requireNonNull(model.hooks().get(at), at);
            open.add(hook.intercept(x -> x.add(weight.mul(bias))));
            return bias;
        }
    }
}
