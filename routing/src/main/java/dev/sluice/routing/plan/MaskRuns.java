package dev.sluice.routing.plan;

import dev.sluice.routing.Mask;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** The parts of a mask without overlaps, in order: where parts overlap, the last one counts. */
final class MaskRuns {
    private MaskRuns() {}

    static List<Mask.Part> of(Mask mask) {
        TreeSet<Integer> cuts = new TreeSet<>();
        for (Mask.Part part : mask.parts()) {
            cuts.add(part.from());
            cuts.add(part.to());
        }
        List<Mask.Part> runs = new ArrayList<>();
        for (int from : cuts) {
            Integer to = cuts.higher(from);
            for (int i = mask.parts().size() - 1; to != null && i >= 0; i--) {
                Mask.Part part = mask.parts().get(i);
                if (part.from() <= from && to <= part.to()) {
                    append(runs, new Mask.Part(from, to, part.weight()));
                    break;
                }
            }
        }
        return runs;
    }

    private static void append(List<Mask.Part> runs, Mask.Part run) {
        if (!runs.isEmpty()) {
            Mask.Part last = runs.get(runs.size() - 1);
            if (last.to() == run.from() && Double.compare(last.weight(), run.weight()) == 0) {
                runs.set(runs.size() - 1, new Mask.Part(last.from(), run.to(), run.weight()));
                return;
            }
        }
        runs.add(run);
    }
}
