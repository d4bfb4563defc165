package dev.sluice.experiments.language;

import com.google.errorprone.annotations.MustBeClosed;
import dev.sluice.engine.Layer;
import dev.sluice.engine.Names;
import dev.sluice.experiments.UsageException;
import dev.sluice.routing.Ablation;
import dev.sluice.routing.HookName;
import dev.sluice.routing.Mask;
import dev.sluice.routing.Region;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A part of a model to be put to zero, as a person writes it: {@code AT:AXIS:UNITS}, or {@code AT}
 * for whole parameters.
 *
 * @param at hook points or parameters, as a name or glob
 * @param axis whose units are meant; null: all of the parameters
 * @param from the first unit
 * @param to the unit after the last
 */
public record AblatedPart(String at, @Nullable String axis, int from, int to) {
    private static final Pattern FORM =
            Pattern.compile("([^:]+)(?::([^:]+):(\\d{1,9})(?:-(\\d{1,9}))?)?");

    /**
     * What a text says.
     *
     * @throws UsageException if it has another form
     */
    public static AblatedPart parse(String text) {
        Matcher m = FORM.matcher(text);
        if (!m.matches()) {
            throw wrong("AT:AXIS:UNITS such as blocks.*.mlp.hook_post:d_mlp:0-31", text);
        }
        if (m.group(2) == null) {
            return new AblatedPart(m.group(1), null, 0, 0);
        }
        int first = Integer.parseInt(m.group(3));
        int last = m.group(4) == null ? first : Integer.parseInt(m.group(4));
        if (last < first) {
            throw wrong("units such as 0-31, the smaller number first", text);
        }
        return new AblatedPart(m.group(1), m.group(2), first, last + 1);
    }

    private static UsageException wrong(String expected, String found) {
        return new UsageException("ablate: expected " + expected + ", found '" + found + "'");
    }

    /** The sizes of activations show only when they are there; parameters have the same axes. */
    private void checkUnits(Layer model, String axis) {
        long size =
                model.parameters().values().stream()
                        .filter(p -> p.axes().contains(axis))
                        .mapToLong(p -> p.value().size(p.axes().indexOf(axis)))
                        .max()
                        .orElse(Long.MAX_VALUE);
        if (to > size) {
            throw new UsageException(
                    "ablate " + at + ": expected units below " + size + ", found " + (to - 1));
        }
    }

    /**
     * Puts the part to zero until the result is closed; call it in a scope that is open as long.
     *
     * @throws UsageException if the model has no such part
     */
    @MustBeClosed
    public Ablation zero(Layer model) {
        HookName name = HookName.of(at);
        try {
            if (axis != null && model.hooks().keySet().stream().anyMatch(name::matches)) {
                checkUnits(model, axis);
                return Ablation.units(model, name, Mask.all(axis, 0).with(from, to, 1)).zero();
            }
            if (model.parameters().keySet().stream().anyMatch(name::matches)) {
                Region region = axis == null ? Region.of(at) : Region.of(at, axis, from, to);
                return Ablation.part(model, region).zero();
            }
        } catch (IllegalArgumentException | dev.sluice.routing.RoutingException e) {
            throw new UsageException("ablate " + at + ": " + e.getMessage());
        }
        List<String> known = new ArrayList<>(model.hooks().keySet());
        known.addAll(model.parameters().keySet());
        throw new UsageException(Names.unknown("hook point or parameter", at, known));
    }
}
