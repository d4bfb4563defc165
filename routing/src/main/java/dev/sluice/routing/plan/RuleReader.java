package dev.sluice.routing.plan;

import dev.sluice.routing.Batch;
import dev.sluice.routing.RoutingRule;
import java.nio.file.Path;
import java.util.Set;

/**
 * Brings rules into plan files. Implement it in a public class with a public constructor without
 * arguments, name the class in {@code META-INF/services/dev.sluice.routing.plan.RuleReader}, and
 * plan files may say {@code by: {key: ...}} with your keys; {@code labelled}, {@code noise} and
 * {@code seed} beside them work by themselves. A rule whose {@link RoutingRule#description} is in
 * the same language can be written to plan files, too.
 */
public interface RuleReader {
    /** The keys under {@code by} that this reader understands. */
    Set<String> keys();

    /**
     * The rule that stands under a key.
     *
     * @param value what stands there
     * @param context the plan around it; a rule that must know more of a batch than {@link Batch}
     *     says so with {@link Context#over}
     * @throws PlanException if the value makes no rule; an IllegalArgumentException becomes one
     *     with the place of {@code value}
     */
    <B extends Batch> RoutingRule<? super B> read(String key, PlanNode value, Context<B> context);

    /**
     * The plan that a rule is read for.
     *
     * @param <B> what the plan's rules may know of a batch
     */
    interface Context<B extends Batch> {
        /**
         * {@code rule}, if the plan's batches are of the kind that it must know.
         *
         * @throws PlanException if they are not
         */
        <T> RoutingRule<? super B> over(Class<T> batch, RoutingRule<? super T> rule);

        /** A rule within this one, of the same form as what stands under {@code by}. */
        RoutingRule<? super B> rule(PlanNode by);

        /**
         * The file that a text names, relative to the folder of the plan file or as the {@link
         * FileNames} say that the caller of {@link PlanFiles} gave. Read no other.
         *
         * @throws PlanException if none may be read
         */
        Path file(PlanNode name);

        /**
         * What the caller of {@link PlanFiles} gave for rules to use.
         *
         * @param what it is in the words of a person, for the complaint
         * @throws PlanException if the caller gave none
         */
        <T> T resource(Class<T> kind, String what);

        /** The {@code seed} beside this rule, 0 where there is none. */
        long seed();
    }
}
