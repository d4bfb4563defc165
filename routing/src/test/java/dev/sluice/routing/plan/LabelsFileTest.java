package dev.sluice.routing.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sluice.routing.Assignment;
import dev.sluice.routing.Batch;
import dev.sluice.routing.Examples;
import dev.sluice.routing.RoutingRule;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LabelsFileTest {
    @TempDir Path folder = Path.of("");

    private Path write(String name, String content) {
        try {
            return Files.writeString(folder.resolve(name), content, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "l.txt; '# note\n3 low\n\n5\thigh one \n'",
                "l.csv; 'example,route\n3,low\n5, high one\n'",
                "l.jsonl; '{\"example\": 3, \"route\": \"low\"}\n{\"route\": \"high one\","
                        + " \"example\": 5}'"
            })
    void each_form_gives_routes_by_example_number(String name, String content) {
        RoutingRule<Batch> rule = LabelsFile.read(write(name, content));
        assertEquals(List.of("low", "high one"), List.copyOf(rule.routes()));
        Assignment a = rule.assign(Examples.range(2, 4, 2));
        assertEquals(List.of(-1, 0, -1, 1), List.of(a.id(0), a.id(1), a.id(2), a.id(3)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "l.txt; '1 a\nlow 3'; 2",
                "l.txt; '1 a\n\n2'; 3",
                "l.txt; '-1 a'; 1",
                "l.txt; '1 a\n1 b'; 2",
                "l.txt; '99999999999999999999 a'; 1",
                "l.txt; '1 *'; 1",
                "l.csv; '1,low'; 1",
                "l.csv; 'example,route\n1;low'; 2",
                "l.csv; 'example,route\n1,a,b'; 2",
                "l.csv; 'example,route\n1,'; 2",
                "l.jsonl; '{\"example\": 1}'; 1",
                "l.jsonl; '{\"example\": 1, \"route\": 2}'; 1",
                "l.jsonl; '{\"example\": 1.5, \"route\": \"a\"}'; 1",
                "l.jsonl; '{\"example\": -1, \"route\": \"a\"}'; 1",
                "l.jsonl; '{\"example\": 1, \"route\": \"a\"'; 1",
                "l.jsonl; '[]'; 1",
                "l.jsonl; '{\"example\": 1, \"route\": \" \"}'; 1",
                "l.txt; '# none'; 0"
            })
    void a_malformed_line_is_named(String name, String content, int line) {
        Path file = write(name, content);
        PlanException e = assertThrows(PlanException.class, () -> LabelsFile.read(file));
        assertEquals(line, e.line(), e::getMessage);
        assertEquals(file.toString(), e.file());
    }

    @Test
    void a_folder_and_other_encodings_are_refused() throws IOException {
        assertThrows(PlanException.class, () -> LabelsFile.read(folder));
        Path file = Files.write(folder.resolve("x.txt"), new byte[] {'1', ' ', (byte) 0xE4, '\n'});
        assertThrows(PlanException.class, () -> LabelsFile.read(file));
    }

    @ParameterizedTest
    @ValueSource(strings = {"labels.csv", "sub/../labels.csv"})
    void a_plan_names_it_relative_to_its_own_folder(String name) throws IOException {
        write("labels.csv", "example,route\n4,a\n");
        Files.createDirectories(folder.resolve("sub"));
        Path plan =
                write(
                        "plan.yaml",
                        "routes: [{at: h, by: {labels_file: "
                                + name
                                + "}, masks: {a: {axis: u, weights: [1]}}}]");
        RoutingRule<? super Batch.Labelled> rule = PlanFiles.read(plan).routes().get(0).rule();
        assertEquals(0, rule.assign(Examples.range(4, 1, 2)).id(0));
        String written = PlanFiles.write(PlanFiles.read(plan));
        Path elsewhere = Path.of("elsewhere", "plan.yaml");
        assertEquals(
                written,
                PlanFiles.write(PlanFiles.parse(written, elsewhere, Batch.Labelled.class)));
    }
}
