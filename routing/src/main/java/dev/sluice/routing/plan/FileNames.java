package dev.sluice.routing.plan;

import java.nio.file.Path;

/**
 * What the names of files in a plan stand for. Give one to {@link PlanFiles} among the resources
 * where plans come from someone who must not choose which files are read, such as a web page;
 * without one, a name is that of a file, relative to the plan's folder.
 */
@FunctionalInterface
public interface FileNames {
    /**
     * The file that a name stands for.
     *
     * @param rule the key of the rule that asks, such as {@code labels_file}; it reads what it gets
     * @throws PlanException made by {@link PlanNode#wrong}, if it gets none
     */
    Path file(String rule, PlanNode name);
}
