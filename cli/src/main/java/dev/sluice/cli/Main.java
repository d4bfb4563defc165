package dev.sluice.cli;

import dev.sluice.engine.AtomicFiles;
import dev.sluice.engine.Engine;
import dev.sluice.engine.Names;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line of Sluice. */
@Command(
        name = "sluice",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = "Gradient routing: decide which data trains which part of a network.",
        subcommands = {
            RunCommand.class,
            ResumeCommand.class,
            ReportCommand.class,
            VerifyCommand.class,
            ExportCommand.class,
            LmCommand.class,
            TraceCommand.class,
            ListCommand.class,
            DataCommand.class,
            BenchCommand.class,
            RulesCommand.class,
            StudioCommand.class,
            DoctorCommand.class,
            TestCommand.class,
            CommandLine.HelpCommand.class
        },
        footer = {
            "",
            "Examples:",
            "  sluice run split-digits",
            "      train a split autoencoder and its control; report with pictures",
            "  sluice list variants split-digits",
            "      what else can be run"
        })
public final class Main implements Runnable {
    @Option(
            names = "--debug",
            scope = ScopeType.INHERIT,
            description = "show the stack trace of a failure")
    private boolean debug;

    @SuppressWarnings("NullAway.Init") // set by picocli
    @CommandLine.Spec
    private CommandSpec spec;

    /** The version from the jar, or of the sources. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"sluice " + dev.sluice.experiments.Versions.sluice()};
        }
    }

    /**
     * Runs one command and ends the process with its exit code.
     *
     * @param arguments the command and its options
     */
    public static void main(String[] arguments) {
        System.setOut(new PrintStream(System.out, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(System.err, true, StandardCharsets.UTF_8));
        System.exit(execute(arguments));
    }

    /** Runs one command and returns its exit code. */
    static int execute(String... arguments) {
        Main main = new Main();
        CommandLine line = new CommandLine(main);
        line.setParameterExceptionHandler((e, parsed) -> misused(e));
        line.setExecutionExceptionHandler((e, command, parsed) -> main.failed(e));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        try {
            Engine.requireSettings(System.getenv());
        } catch (IllegalArgumentException e) {
            System.err.println("sluice: " + e.getMessage());
            return ExitCodes.USAGE;
        }
        try {
            return line.execute(arguments);
        } catch (Error e) {
            return main.failed(e);
        }
    }

    /** Says what was wrong and which names are nearest. */
    private static int misused(ParameterException e) {
        CommandSpec command = e.getCommandLine().getCommandSpec();
        String message = "" + e.getMessage();
        System.err.println("sluice: " + message.replace("option option", "option"));
        if (e instanceof UnmatchedArgumentException unmatched) {
            String given = unmatched.getUnmatched().get(0);
            boolean option = given.startsWith("-");
            Set<String> known =
                    option ? command.optionsMap().keySet() : command.subcommands().keySet();
            if (!known.isEmpty()) {
                System.err.println(
                        "sluice: nearest: "
                                + String.join(", ", Names.nearest(given.split("=", 2)[0], known)));
            }
        }
        System.err.println("sluice: see " + command.qualifiedName() + " --help");
        return ExitCodes.USAGE;
    }

    private int failed(Throwable e) {
        int code = ExitCodes.of(e);
        if (code != ExitCodes.DEFECT) {
            System.err.println("sluice: " + e.getMessage());
        } else {
            System.err.println(
                    "sluice: a defect of Sluice: "
                            + e.getClass().getSimpleName()
                            + (e.getMessage() == null ? "" : ": " + e.getMessage())
                            + details(e));
        }
        if (debug) {
            e.printStackTrace();
        }
        return code;
    }

    /** Writes the stack trace to a file and says where. */
    private static String details(Throwable e) {
        StringWriter text = new StringWriter();
        e.printStackTrace(new PrintWriter(text));
        try {
            Path file = Path.of(System.getProperty("java.io.tmpdir"), "sluice-defect.txt");
            AtomicFiles.write(file, text.toString().getBytes(StandardCharsets.UTF_8));
            return "\nsluice: details are in " + file;
        } catch (RuntimeException f) {
            return "\nsluice: details: run again with --debug";
        }
    }

    @Override
    public void run() {
        spec.commandLine().usage(System.out);
    }
}
