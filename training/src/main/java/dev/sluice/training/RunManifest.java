package dev.sluice.training;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a run is, in full: all that is needed to repeat it or to continue it. It is written when the
 * run starts and again whenever its status changes ({@code manifest.json}).
 *
 * <p>{@code failure} is the error that ended it, empty unless one did. {@code configuration} holds
 * every setting, those left at their default included. {@code created} is a time in ISO 8601;
 * {@code versions} and {@code machine} say what it ran on, by name.
 */
@JsonPropertyOrder({
    "schema",
    "experiment",
    "status",
    "failure",
    "created",
    "command_line",
    "seeds",
    "variants",
    "configuration",
    "data",
    "versions",
    "machine"
})
public record RunManifest(
        @JsonProperty("schema") String schema,
        @JsonProperty("experiment") String experiment,
        @JsonProperty("status") Status status,
        @JsonProperty("failure") String failure,
        @JsonProperty("created") String created,
        @JsonProperty("command_line") List<String> commandLine,
        @JsonProperty("seeds") List<Long> seeds,
        @JsonProperty("variants") List<String> variants,
        @JsonProperty("configuration") ObjectNode configuration,
        @JsonProperty("data") List<DataIdentity> data,
        @JsonProperty("versions") Map<String, String> versions,
        @JsonProperty("machine") Map<String, String> machine) {
    static final String FILE = "manifest.json";
    private static final Map<String, String> BEFORE_FAILURES = Map.of("failure", "");
    private static final String SCHEMA = "sluice.manifest/1";

    /** How far a run has come. */
    public enum Status {
        /** In training, or killed while it was. */
        @JsonProperty("running")
        RUNNING,
        /** Done. */
        @JsonProperty("complete")
        COMPLETE,
        /** Asked to stop; it wrote a checkpoint first. */
        @JsonProperty("stopped")
        STOPPED,
        /** Ended by an error. */
        @JsonProperty("failed")
        FAILED;

        /** The name in files. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Copies the lists, the maps (in the order of their keys) and the configuration. */
    public RunManifest {
        commandLine = List.copyOf(commandLine);
        seeds = List.copyOf(seeds);
        variants = List.copyOf(variants);
        data = List.copyOf(data);
        configuration = configuration.deepCopy();
        versions = Collections.unmodifiableSortedMap(new TreeMap<>(versions));
        machine = Collections.unmodifiableSortedMap(new TreeMap<>(machine));
    }

    /** The manifest of a run that starts now, on this machine. */
    public static RunManifest start(
            String experiment,
            Instant created,
            List<String> commandLine,
            List<Long> seeds,
            List<String> variants,
            ObjectNode configuration,
            List<DataIdentity> data,
            Map<String, String> versions) {
        return new RunManifest(
                SCHEMA,
                experiment,
                Status.RUNNING,
                "",
                created.toString(),
                commandLine,
                seeds,
                variants,
                configuration,
                data,
                versions,
                ThisMachine.describe());
    }

    /** A copy of the configuration: every setting by name. */
    @Override
    public ObjectNode configuration() {
        return configuration.deepCopy();
    }

    /** The same manifest with another status. */
    public RunManifest with(Status changed) {
        return with(changed, "");
    }

    /** The same manifest of a run that an error ended, which {@code failure} tells. */
    public RunManifest failed(String failure) {
        return with(Status.FAILED, failure);
    }

    private RunManifest with(Status changed, String why) {
        return new RunManifest(
                schema,
                experiment,
                changed,
                why,
                created,
                commandLine,
                seeds,
                variants,
                configuration,
                data,
                versions,
                machine);
    }

    /**
     * Reads a manifest.
     *
     * @throws RunException if the file is missing, damaged or of another schema
     */
    public static RunManifest read(Path file) {
        RunManifest manifest =
                Json.read(file, RunManifest.class, "a manifest " + SCHEMA, BEFORE_FAILURES);
        if (!manifest.schema.equals(SCHEMA)) {
            throw new RunException(file, "schema", SCHEMA, manifest.schema);
        }
        return manifest;
    }

    /** The bytes of {@code manifest.json}. */
    public byte[] toJson() {
        return Json.pretty(Json.mapper().valueToTree(this));
    }
}
