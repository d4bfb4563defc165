package dev.sluice.experiments;

import dev.sluice.data.TrainingData;
import dev.sluice.engine.DType;
import dev.sluice.engine.Engine;
import dev.sluice.engine.SafetensorsFile;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.engine.Weights;
import dev.sluice.training.Trial;
import dev.sluice.training.TrialState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/**
 * Trainings that go on side by side, a step of each at a time, each on a thread of its own. Small
 * steps gain nothing from a second core, two trainings gain all of it; and because nobody is ahead,
 * a checkpoint holds all of them at one moment and the order of everything written stays the same.
 *
 * <p>For use by one thread, which may touch the trainings between {@link #step}s.
 */
final class TrainingGroup implements AutoCloseable {
    /** A member of the group as it stands. */
    static final class Member {
        private final Training training;
        private final ExecutorService thread;
        private final Trial trial;
        private double seconds;
        private Map<String, Double> logged = Map.of();

        private Member(Training training, ExecutorService thread, Trial trial) {
            this.training = training;
            this.thread = thread;
            this.trial = trial;
        }

        Training training() {
            return training;
        }

        Trial trial() {
            return trial;
        }

        /** What its steps took so far, those before a resume included. */
        double seconds() {
            return seconds;
        }

        /** The scalars of the step just done, if it was one to log. */
        Map<String, Double> logged() {
            return logged;
        }

        private boolean unfinished() {
            return trial.done() < trial.steps();
        }
    }

    /**
     * One member in a checkpoint.
     *
     * @param values of its {@link TrialState}; the tensors lie beside, under {@code INDEX/}
     */
    record Saved(String variant, long seed, double seconds, Map<String, Object> values) {}

    private final List<Member> members = new ArrayList<>();
    private final List<ExecutorService> threads = new ArrayList<>();

    /**
     * Opens every training on its own thread, {@code threadsEach} for its computations; matrix
     * products take one each where there are several trainings.
     */
    TrainingGroup(
            List<Training> trainings,
            Experiment experiment,
            TrainingData data,
            String dtype,
            int threadsEach) {
        DType type = dtype.equals("f64") ? DType.F64 : DType.F32;
        boolean bf16 = dtype.equals("bf16");
        List<Future<Trial>> opened = new ArrayList<>();
        for (Training t : trainings) {
            ExecutorService thread =
                    Executors.newSingleThreadExecutor(work -> new Thread(work, t.title()));
            threads.add(thread);
            TrialRequest request =
                    new TrialRequest(
                            t.point().name(), t.point().settings(), t.seed(), data, type, bf16);
            opened.add(
                    thread.submit(
                            () -> {
                                Engine.setThreads(
                                        threadsEach, trainings.size() > 1 ? 1 : threadsEach);
                                return experiment.open(request);
                            }));
        }
        try {
            SideBySide.forEach(
                    opened,
                    (trial, i) -> members.add(new Member(trainings.get(i), threads.get(i), trial)));
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    List<Member> members() {
        return members;
    }

    /** Steps done by all. */
    long done() {
        return members.stream().mapToLong(m -> m.trial.done()).sum();
    }

    /** Steps of all. */
    long steps() {
        return members.stream().mapToLong(m -> m.trial.steps()).sum();
    }

    /** Examples seen by all. */
    long examples() {
        return members.stream().mapToLong(m -> m.trial.examples()).sum();
    }

    boolean unfinished() {
        return members.stream().anyMatch(Member::unfinished);
    }

    /**
     * One step of every member that is not finished; about {@code lines} steps of each are logged.
     *
     * @return how many members made a step
     */
    int step(long lines) {
        List<Member> active = members.stream().filter(Member::unfinished).toList();
        members.forEach(m -> m.logged = Map.of());
        List<Map<String, Double>> scalars =
                onAll(
                        active,
                        m -> {
                            Trial trial = m.trial;
                            long every = Math.max(1, trial.steps() / lines);
                            long step = trial.done();
                            long start = System.nanoTime();
                            Map<String, Double> logged =
                                    trial.step(step % every == 0 || step == trial.steps() - 1);
                            m.seconds += (System.nanoTime() - start) / 1e9;
                            return logged;
                        });
        for (int i = 0; i < active.size(); i++) {
            active.get(i).logged = scalars.get(i);
        }
        return active.size();
    }

    /** Evaluates every member; in their order. */
    List<Map<String, Double>> evaluate() {
        return onAll(members, m -> m.trial.evaluate());
    }

    /** The members for a checkpoint; tensors in the current scope are added to {@code tensors}. */
    List<Saved> save(Map<String, Tensor> tensors) {
        List<Saved> saved = new ArrayList<>();
        for (int i = 0; i < members.size(); i++) {
            Member m = members.get(i);
            String prefix = i + "/";
            TrialState state = m.trial.save();
            state.tensors().forEach((name, t) -> tensors.put(prefix + name, t));
            saved.add(
                    new Saved(
                            m.training.point().name(),
                            m.training.seed(),
                            m.seconds,
                            state.values()));
        }
        return saved;
    }

    /** Whether these are the members, in the same order. */
    boolean holds(List<Saved> saved) {
        return saved.stream()
                .map(s -> s.variant() + " seed " + s.seed())
                .toList()
                .equals(members.stream().map(m -> m.training.title()).toList());
    }

    /** Goes to where a checkpoint of the same trainings was written. */
    void restore(List<Saved> saved, SafetensorsFile file) {
        try (TensorScope scope = TensorScope.open()) {
            TrialState all = new TrialState(Weights.read(file), Map.of());
            for (int i = 0; i < saved.size(); i++) {
                Member m = members.get(i);
                Map<String, Object> values = new LinkedHashMap<>(saved.get(i).values());
                m.trial.restore(new TrialState(all.part(i + "/"), values));
                m.seconds = saved.get(i).seconds();
            }
        }
    }

    private static <T> List<T> onAll(List<Member> members, Function<Member, T> work) {
        List<Future<T>> all = new ArrayList<>();
        for (Member m : members) {
            Callable<T> call = () -> work.apply(m);
            all.add(m.thread.submit(call));
        }
        return SideBySide.results(all);
    }

    /** Ends every member; a failure of one does not keep the others. */
    @Override
    public void close() {
        try {
            onAll(
                    members,
                    m -> {
                        m.trial.close();
                        return true;
                    });
        } finally {
            members.clear();
            threads.forEach(ExecutorService::shutdown);
        }
    }
}
