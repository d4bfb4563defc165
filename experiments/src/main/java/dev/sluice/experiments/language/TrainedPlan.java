package dev.sluice.experiments.language;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.data.JsonComplaint;
import dev.sluice.engine.SafetensorsFile;
import dev.sluice.routing.RoutePlan;
import dev.sluice.routing.plan.PlanFiles;
import dev.sluice.routing.plan.TrainedUnits;
import dev.sluice.training.RunException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The plan that a run's model was trained under, as its weights carry it.
 *
 * @param text the plan file
 * @param regions what each of its route names trains
 */
public record TrainedPlan(String text, Map<String, List<TrainedUnits>> regions) {
    private static final String PLAN = "plan";
    private static final String REGIONS = "regions";
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What a weights file says of a plan; nothing of an empty one. */
    static Map<String, String> metadata(RoutePlan<?> plan) {
        if (plan.routes().isEmpty()) {
            return Map.of();
        }
        try {
            String regions = JSON.writeValueAsString(TrainedUnits.of(plan));
            return Map.of(PLAN, PlanFiles.write(plan), REGIONS, regions);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * That of a run; empty if this is no run, or an unfinished one, or one without a plan.
     *
     * @throws RunException if the weights carry what is no list of regions
     */
    public static Optional<TrainedPlan> of(Path run) {
        Path weights = run.resolve("model.safetensors");
        if (!TextModel.isRun(run) || !Files.exists(weights)) {
            return Optional.empty();
        }
        try (SafetensorsFile file = SafetensorsFile.open(weights)) {
            String plan = file.metadata().get(PLAN);
            String regions = file.metadata().getOrDefault(REGIONS, "{}");
            return plan == null
                    ? Optional.empty()
                    : Optional.of(
                            new TrainedPlan(
                                    plan, JSON.readValue(regions, new TypeReference<>() {})));
        } catch (JsonProcessingException e) {
            throw new RunException(
                    weights, "metadata, " + REGIONS, "regions by name", JsonComplaint.inWords(e));
        }
    }
}
