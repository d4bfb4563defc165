package dev.sluice.cli;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.targetOwner;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.codeUnits;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.Architectures;
import java.util.Set;
import java.util.stream.Stream;

/** The rules of the whole code base that a compiler does not know, each with its reason. */
@AnalyzeClasses(
        packages = "dev.sluice",
        importOptions = {ImportOption.DoNotIncludeTests.class, ArchitectureTest.NoTestkit.class})
final class ArchitectureTest {
    /** Public classes that others extend. */
    private static final Set<String> FOR_EXTENSION = Set.of("dev.sluice.engine.Layer");

    /** What may not stand in a static field, final or not. */
    private static final Set<String> MUTABLE =
            Set.of(
                    "java.lang.StringBuilder",
                    "java.util.HashMap",
                    "java.util.LinkedHashMap",
                    "java.util.TreeMap",
                    "java.util.ArrayList",
                    "java.util.HashSet");

    /** Our own main code alone. */
    static final class NoTestkit implements ImportOption {
        @Override
        public boolean includes(com.tngtech.archunit.core.importer.Location location) {
            return !location.contains("testkit") && !location.contains("-tests.jar");
        }
    }

    @ArchTest
    static final ArchRule MODULES_USE_ONLY_THOSE_ABOVE_THEM =
            Architectures.layeredArchitecture()
                    .consideringOnlyDependenciesInLayers()
                    .layer("engine")
                    .definedBy("dev.sluice.engine..")
                    .layer("routing")
                    .definedBy("dev.sluice.routing..")
                    .layer("models")
                    .definedBy("dev.sluice.models..")
                    .layer("data")
                    .definedBy("dev.sluice.data..")
                    .layer("training")
                    .definedBy("dev.sluice.training..")
                    .layer("report")
                    .definedBy("dev.sluice.report..")
                    .layer("experiments")
                    .definedBy("dev.sluice.experiments..")
                    .layer("export")
                    .definedBy("dev.sluice.export..")
                    .layer("studio")
                    .definedBy("dev.sluice.studio..")
                    .layer("cli")
                    .definedBy("dev.sluice.cli..")
                    .whereLayer("cli")
                    .mayNotBeAccessedByAnyLayer()
                    .whereLayer("studio")
                    .mayOnlyBeAccessedByLayers("cli")
                    .whereLayer("export")
                    .mayOnlyBeAccessedByLayers("studio", "cli")
                    .whereLayer("experiments")
                    .mayOnlyBeAccessedByLayers("export", "studio", "cli")
                    .whereLayer("report")
                    .mayOnlyBeAccessedByLayers("experiments", "export", "studio", "cli")
                    .whereLayer("training")
                    .mayOnlyBeAccessedByLayers("report", "experiments", "export", "studio", "cli")
                    .whereLayer("data")
                    .mayOnlyBeAccessedByLayers(
                            "training", "report", "experiments", "export", "studio", "cli")
                    .whereLayer("models")
                    .mayOnlyBeAccessedByLayers("experiments", "export", "studio", "cli")
                    .whereLayer("routing")
                    .mayOnlyBeAccessedByLayers(
                            "data", "training", "experiments", "export", "studio", "cli")
                    .because(
                            "the list of modules is the architecture; models and routing meet in"
                                    + " experiments alone, so that masks stay generic");

    @ArchTest
    static final ArchRule ONLY_THE_ENGINE_KNOWS_LIBTORCH =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("dev.sluice.engine..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("org.bytedeco..")
                    .because("a wrong native call ends the process; one module can be checked");

    @ArchTest
    static final ArchRule NO_PUBLIC_SIGNATURE_MENTIONS_LIBTORCH =
            codeUnits()
                    .that()
                    .areDeclaredInClassesThat()
                    .resideInAPackage("dev.sluice..")
                    .and()
                    .areDeclaredInClassesThat()
                    .arePublic()
                    .and(are(describe("public or protected", ArchitectureTest::visible)))
                    .should(notMentionLibtorch())
                    .because("a caller with a native pointer can free or keep what is not his");

    @ArchTest
    static final ArchRule NO_PUBLIC_FIELD_IS_OF_LIBTORCH =
            fields().that()
                    .areDeclaredInClassesThat()
                    .arePublic()
                    .and()
                    .areNotPrivate()
                    .and()
                    .areNotPackagePrivate()
                    .should()
                    .notHaveRawType(resideInAPackage("org.bytedeco.."))
                    .allowEmptyShould(true)
                    .because("a caller with a native pointer can free or keep what is not his");

    @ArchTest
    static final ArchRule PACKAGES_HAVE_NO_CYCLES =
            slices().matching("dev.sluice.(**)")
                    .should()
                    .beFreeOfCycles()
                    .because("what depends on itself can be read and tested only as a whole");

    @ArchTest
    static final ArchRule ONLY_THE_CLI_KNOWS_PICOCLI =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("dev.sluice.cli..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("picocli..")
                    .because("what a command does can be had without a command line");

    @ArchTest
    static final ArchRule THE_COLLECTOR_IS_NOT_CALLED =
            noClasses()
                    .should()
                    .callMethod(System.class, "gc")
                    .orShould()
                    .callMethod(Runtime.class, "gc")
                    .because("memory of tensors is freed by scopes; a collection only costs time");

    @ArchTest
    static final ArchRule CHANCE_COMES_FROM_RNG =
            noClasses()
                    .should()
                    .dependOnClassesThat()
                    .haveNameMatching(
                            "java\\.util\\.(Random|SplittableRandom)"
                                    + "|java\\.util\\.random\\..*"
                                    + "|java\\.util\\.concurrent\\.ThreadLocalRandom"
                                    + "|java\\.security\\.SecureRandom")
                    .orShould()
                    .callMethod(Math.class, "random")
                    .because("one seed must give the same bytes twice");

    @ArchTest
    static final ArchRule NUMERICS_DO_NOT_READ_THE_CLOCK =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("dev.sluice.cli..")
                    .should()
                    .callMethod(System.class, "currentTimeMillis")
                    .orShould()
                    .callMethodWhere(
                            target(nameMatching("now|system.*"))
                                    .and(targetOwner(resideInAPackage("java.time.."))))
                    .orShould()
                    .callConstructor(java.util.Date.class)
                    .because("results must not depend on when they are computed");

    @ArchTest
    static final ArchRule TEXT_DOES_NOT_DEPEND_ON_THE_LOCALE =
            noClasses()
                    .should()
                    .callMethod(String.class, "format", String.class, Object[].class)
                    .orShould()
                    .callMethod(String.class, "formatted", Object[].class)
                    .orShould()
                    .callMethod(String.class, "toLowerCase")
                    .orShould()
                    .callMethod(String.class, "toUpperCase")
                    .orShould()
                    .callMethod(java.io.PrintStream.class, "printf", String.class, Object[].class)
                    .orShould()
                    .callMethod(java.util.Locale.class, "getDefault")
                    .because("a number written in one country must be read in another");

    @ArchTest
    static final ArchRule STATIC_FIELDS_DO_NOT_CHANGE =
            fields().that()
                    .areStatic()
                    .and()
                    .doNotHaveModifier(JavaModifier.SYNTHETIC)
                    .should(notChange())
                    .because("state of the whole process makes two runs in it disturb each other");

    @ArchTest
    static final ArchRule PUBLIC_CLASSES_ARE_CLOSED =
            classes()
                    .that()
                    .arePublic()
                    .and()
                    .areNotInterfaces()
                    .and(
                            are(
                                    describe(
                                            "not for extension",
                                            c -> !FOR_EXTENSION.contains(c.getName()))))
                    .should(beFinalOrSealed())
                    .because(
                            "what others may extend is a promise, made for few classes on purpose");

    @ArchTest
    static final ArchRule NAMES_SAY_WHAT_A_CLASS_IS =
            noClasses()
                    .should()
                    .haveSimpleNameEndingWith("Utils")
                    .orShould()
                    .haveSimpleNameEndingWith("Util")
                    .orShould()
                    .haveSimpleNameEndingWith("Helper")
                    .orShould()
                    .haveSimpleNameEndingWith("Manager")
                    .orShould()
                    .haveSimpleNameEndingWith("Impl")
                    .because("such a name fits any content, and gathers it");

    private static boolean visible(JavaCodeUnit unit) {
        Set<JavaModifier> modifiers = unit.getModifiers();
        return !modifiers.contains(JavaModifier.SYNTHETIC)
                && (modifiers.contains(JavaModifier.PUBLIC)
                        || modifiers.contains(JavaModifier.PROTECTED));
    }

    private static ArchCondition<JavaCodeUnit> notMentionLibtorch() {
        return new ArchCondition<>("not mention org.bytedeco") {
            @Override
            public void check(JavaCodeUnit unit, ConditionEvents events) {
                Stream.concat(
                                Stream.concat(
                                        unit.getParameterTypes().stream(),
                                        Stream.of(unit.getReturnType())),
                                unit.getExceptionTypes().stream())
                        .map(JavaType::getAllInvolvedRawTypes)
                        .flatMap(Set::stream)
                        .filter(t -> t.getPackageName().startsWith("org.bytedeco"))
                        .forEach(
                                t ->
                                        events.add(
                                                SimpleConditionEvent.violated(
                                                        unit,
                                                        unit.getFullName()
                                                                + " mentions "
                                                                + t.getName())));
            }
        };
    }

    private static ArchCondition<JavaField> notChange() {
        return new ArchCondition<>("be final and of no mutable type") {
            @Override
            public void check(JavaField field, ConditionEvents events) {
                boolean open =
                        field.getRawType().isArray()
                                && !field.getModifiers().contains(JavaModifier.PRIVATE);
                String type = field.getRawType().getName();
                if (!field.getModifiers().contains(JavaModifier.FINAL)
                        || open
                        || type.startsWith("java.util.concurrent.")
                        || MUTABLE.contains(type)) {
                    events.add(
                            SimpleConditionEvent.violated(
                                    field, field.getFullName() + " can change"));
                }
            }
        };
    }

    private static ArchCondition<JavaClass> beFinalOrSealed() {
        return new ArchCondition<>("be final, sealed, a record or an enum") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                boolean closed =
                        type.getModifiers().contains(JavaModifier.FINAL)
                                || type.isEnum()
                                || type.reflect().isSealed();
                if (!closed) {
                    events.add(
                            SimpleConditionEvent.violated(
                                    type, type.getName() + " can be extended"));
                }
            }
        };
    }
}
