package dev.sluice.cli;

import dev.sluice.data.DataException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Refuses a file that cannot be written before the work begins that leads up to writing it. */
final class OutputFile {
    private OutputFile() {}

    /**
     * For a file whose folder must be there.
     *
     * @param option what named the file
     * @param file null: none was named
     * @throws DataException if it is a folder, or its folder is missing
     */
    static void require(String option, @Nullable Path file) {
        if (file == null) {
            return;
        }
        refuseFolder(option, file);
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null && !Files.isDirectory(folder)) {
            String found = Files.exists(folder) ? "a file" : "no such folder";
            throw new DataException(
                    folder, option, "a folder to write " + file.getFileName() + " into", found);
        }
    }

    /**
     * For a file whose folder is made if there is none.
     *
     * @throws DataException if it is a folder
     */
    static void refuseFolder(String option, @Nullable Path file) {
        if (file != null && Files.isDirectory(file)) {
            throw new DataException(file, option, "a file", "a folder");
        }
    }
}
