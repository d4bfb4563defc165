package dev.sluice.studio;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The list of runs with the version at which each entry last changed, so that a page is told what
 * is new since the version it knows. Immutable.
 *
 * @param version of the list as a whole; 0: nothing was seen yet
 * @param entries by name
 * @param since the version of each entry
 * @param gone the version at which a name went away
 */
record RunChanges(
        long version,
        Map<String, RunEntry> entries,
        Map<String, Long> since,
        Map<String, Long> gone) {
    static final RunChanges NONE = new RunChanges(0, Map.of(), Map.of(), Map.of());

    /** This list as it is now; the same if nothing changed. */
    RunChanges with(List<RunEntry> now) {
        long next = version + 1;
        Map<String, RunEntry> all = new HashMap<>();
        Map<String, Long> versions = new HashMap<>();
        Map<String, Long> left = new HashMap<>(gone);
        boolean changed = version == 0;
        for (RunEntry entry : now) {
            boolean same = entry.equals(entries.get(entry.name()));
            all.put(entry.name(), entry);
            versions.put(entry.name(), same ? since.getOrDefault(entry.name(), next) : next);
            left.remove(entry.name());
            changed |= !same;
        }
        Set<String> lost = new LinkedHashSet<>(entries.keySet());
        lost.removeAll(all.keySet());
        lost.forEach(name -> left.put(name, next));
        return changed || !lost.isEmpty() ? new RunChanges(next, all, versions, left) : this;
    }

    /** The entries that changed after a version. */
    List<RunEntry> after(long known) {
        return entries.values().stream()
                .filter(e -> since.getOrDefault(e.name(), 0L) > known)
                .toList();
    }

    /** The names that went away after a version. */
    List<String> goneAfter(long known) {
        return gone.entrySet().stream()
                .filter(e -> e.getValue() > known)
                .map(Map.Entry::getKey)
                .toList();
    }
}
