package dev.sluice.studio;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A run in the list.
 *
 * @param status {@code live}, {@code complete}, {@code stopped}, {@code failed}, {@code
 *     interrupted} (said to be running by its manifest, and nobody does), or {@code damaged}
 * @param created in ISO 8601
 * @param last the last logged step, as the log has it
 * @param report whether {@code report.html} is there
 * @param offers what can be done with it, see {@link RunOffers}
 * @param problem what went wrong, where something did
 */
record RunEntry(
        String name,
        String experiment,
        String status,
        String created,
        String preset,
        String data,
        List<String> variants,
        List<Long> seeds,
        @Nullable JsonNode last,
        boolean report,
        List<String> offers,
        @Nullable String problem) {
    static RunEntry damaged(String name, @Nullable String problem) {
        return new RunEntry(
                name, "", "damaged", "", "", "", List.of(), List.of(), null, false, List.of(),
                problem);
    }
}
