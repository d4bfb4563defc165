package dev.sluice.data;

import dev.sluice.engine.Names;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * All data sets that can be named: digits and clothing that are published, digits that Sluice draws
 * itself, and folders of the user's own. A name is looked up in {@code $SLUICE_DATA/NAME}, then in
 * the cache ({@code $SLUICE_CACHE}, by default {@code $XDG_CACHE_HOME/sluice} or {@code
 * ~/.cache/sluice}), then fetched from its mirrors.
 */
public final class Datasets {
    /** Name of the handwritten digits of LeCun, Cortes and Burges. */
    public static final String MNIST = "mnist";

    /** Name of Zalando's clothing. */
    public static final String FASHION_MNIST = "fashion-mnist";

    /** Name of the digits that Sluice draws itself. */
    public static final String GENERATED = "generated";

    private static final int SIDE = 28;
    private static final Map<String, String> GENERATED_SHA256 =
            Map.of(
                    ImageData.TRAIN_IMAGES,
                    "98b135900a07082c661d2b9d6b2921db2a6f4ff9ec4039e2a23420fd6659b5ce",
                    ImageData.TRAIN_LABELS,
                    "bcb18ef0aba96dc74be7e7ec39a025e0834c5e81fbf592db13a06abd8d6a1ea6",
                    ImageData.TEST_IMAGES,
                    "9581feb63ebad5dd2d17e9386a9dfd535f6289ff261796ee99939108bd2792c1",
                    ImageData.TEST_LABELS,
                    "da08fbb9cb8402f590c24cc34e65cdfa92f90fdaab256da4efea2e1cbb7f95e4");

    private final DataPlaces places;
    private final List<KnownSet> known;
    private final Downloader downloader;

    Datasets(DataPlaces places, List<KnownSet> known, Downloader downloader) {
        this.places = places;
        this.known = known;
        this.downloader = downloader;
    }

    /** The data sets of this machine as the environment variables {@code env} tell it. */
    public static Datasets of(Map<String, String> env) {
        Downloader downloader =
                new Downloader(
                        Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofSeconds(1));
        return new Datasets(
                DataPlaces.of(env), List.of(KnownSet.mnist(), KnownSet.fashionMnist()), downloader);
    }

    /**
     * What a digit experiment uses where the user names nothing: MNIST if it lies on this machine,
     * else generated digits. Never touches the network.
     */
    public DataChoice digitsByDefault() {
        Optional<Path> folder = places.find(MNIST).filter(DataPlaces::complete);
        if (folder.isPresent()) {
            return new DataChoice(
                    MNIST,
                    "data: mnist from " + folder.get() + " (--data generated: digits drawn here)");
        }
        return new DataChoice(
                GENERATED,
                "data: generated digits, drawn by Sluice, not MNIST"
                        + " (--data mnist fetches MNIST, or finds it in $SLUICE_DATA/mnist)");
    }

    /** As {@link #open(String, long, ProgressListener)} with the standard generator seed. */
    public ImageData open(String nameOrFolder, ProgressListener listener) {
        return open(nameOrFolder, GeneratedDigits.SEED, listener);
    }

    /**
     * The images of a named set or of a folder with IDX files; {@code generatorSeed} matters for
     * {@link #GENERATED} alone. Images are 28 by 28.
     *
     * @throws UnknownDataException if it is neither a name nor a folder
     * @throws DataException if files are missing or damaged
     * @throws UnavailableException if it is not here and cannot be fetched
     * @throws java.io.UncheckedIOException if the system refuses to read or write a file
     */
    public ImageData open(String nameOrFolder, long generatorSeed, ProgressListener listener) {
        if (nameOrFolder.equals(GENERATED)) {
            return GeneratedDigits.generate(generatorSeed);
        }
        Optional<KnownSet> set = known(nameOrFolder);
        Path folder = set.isPresent() ? fetched(set.get(), listener) : folder(nameOrFolder);
        ImageData data = read(folder, set.map(KnownSet::name));
        if (set.isPresent() && !data.sha256().equals(set.get().contentSha256())) {
            listener.note(
                    folder
                            + " is not the published "
                            + nameOrFolder
                            + ": see ./sluice data check "
                            + nameOrFolder);
        }
        return data;
    }

    /**
     * Makes {@code name} ready for use without a network, reads it once and tells its folder; empty
     * for {@link #GENERATED}, which is drawn in memory.
     *
     * @throws UnknownDataException if there is no such set
     * @throws DataException if files are missing or damaged
     * @throws UnavailableException if it is not here and cannot be fetched
     */
    public Optional<Path> get(String name, ProgressListener listener) {
        if (name.equals(GENERATED)) {
            return Optional.empty();
        }
        Optional<KnownSet> set = known(name);
        Path folder = set.isPresent() ? fetched(set.get(), listener) : folder(name);
        read(folder, Optional.of(name));
        return Optional.of(folder);
    }

    /**
     * Reads the whole set and compares it with the published checksums where there are any. Never
     * touches the network.
     *
     * @throws DataException if a file is missing, damaged or other than the published one
     * @throws UnavailableException if a named set is not here
     * @throws UnknownDataException if it is neither a name nor a folder
     */
    public DataCheck check(String nameOrFolder) {
        if (nameOrFolder.equals(GENERATED)) {
            ImageData drawn = GeneratedDigits.generate(GeneratedDigits.SEED);
            if (!drawn.sha256().equals(GENERATED_SHA256)) {
                throw new IllegalStateException(
                        "generated digits differ from their recorded bytes: " + drawn.sha256());
            }
            return new DataCheck(drawn, true);
        }
        Optional<KnownSet> set = known(nameOrFolder);
        if (set.isEmpty()) {
            return new DataCheck(read(folder(nameOrFolder), Optional.empty()), false);
        }
        Path folder =
                places.find(nameOrFolder)
                        .orElseThrow(() -> new UnavailableException(byHand(set.get(), List.of())));
        ImageData data = read(folder, Optional.of(nameOrFolder));
        for (KnownSet.RemoteFile file : set.get().files()) {
            String found = String.valueOf(data.sha256().get(file.key()));
            if (!found.equals(file.contentSha256())) {
                throw new DataException(
                        folder,
                        file.key() + ", sha256 of the unpacked file",
                        file.contentSha256(),
                        found);
            }
        }
        return new DataCheck(data, true);
    }

    /** The folders that sets are looked for in, by purpose: {@code data} if set, {@code cache}. */
    public Map<String, Path> places() {
        Map<String, Path> folders = new LinkedHashMap<>();
        places.own().ifPresent(own -> folders.put("data", own.toAbsolutePath()));
        folders.put("cache", places.cache().toAbsolutePath());
        return folders;
    }

    /** Every data set that can be named, the published ones first. */
    public List<DataListing> list() {
        List<DataListing> all = new ArrayList<>();
        for (KnownSet set : known) {
            Optional<Path> folder = places.find(set.name()).filter(DataPlaces::complete);
            all.add(new DataListing(set.name(), set.description(), folder, folder.isPresent()));
        }
        all.add(
                new DataListing(
                        GENERATED,
                        "digits drawn by Sluice, 12,000 + 2,000 images of 28 x 28",
                        Optional.empty(),
                        true));
        Set<String> own = places.names();
        known.forEach(set -> own.remove(set.name()));
        for (String name : own) {
            all.add(new DataListing(name, "IDX files of your own", places.find(name), true));
        }
        return all;
    }

    private Optional<KnownSet> known(String name) {
        return known.stream().filter(set -> set.name().equals(name)).findFirst();
    }

    private Path fetched(KnownSet set, ProgressListener listener) {
        Optional<Path> here = places.find(set.name());
        if (here.isPresent()) {
            return here.get();
        }
        Path folder = places.cache().resolve(set.name());
        for (KnownSet.RemoteFile file : set.files()) {
            List<String> failures = downloader.fetch(file, set.mirrors(), folder, listener);
            if (!failures.isEmpty()) {
                throw new UnavailableException(byHand(set, failures));
            }
        }
        return folder;
    }

    private String byHand(KnownSet set, List<String> failures) {
        StringBuilder text = new StringBuilder(set.name() + " is not on this machine");
        if (failures.isEmpty()) {
            text.append("; ./sluice data get ").append(set.name()).append(" fetches it.");
        } else {
            text.append(" and no mirror delivers it:");
            failures.forEach(f -> text.append("\n  ").append(f));
        }
        text.append("\nTo provide it by hand, put these files, plain or .gz, into ")
                .append(places.own().orElse(places.cache()).resolve(set.name()))
                .append(places.own().isPresent() ? ":" : " or $SLUICE_DATA/" + set.name() + ":");
        for (KnownSet.RemoteFile file : set.files()) {
            text.append("\n  ").append(file.name()).append("  sha256 ").append(file.sha256());
        }
        return text.append("\nOr use digits that need no download: --data ")
                .append(GENERATED)
                .toString();
    }

    /** The folder that a name of the user's own or a path stands for. */
    private Path folder(String nameOrFolder) {
        Path path;
        try {
            path = Path.of(nameOrFolder);
        } catch (InvalidPathException e) {
            throw new UnknownDataException(nameOrFolder, nearest(nameOrFolder));
        }
        boolean bare =
                !nameOrFolder.startsWith(".") && path.getNameCount() == 1 && !path.isAbsolute();
        Optional<Path> own = bare ? places.find(nameOrFolder) : Optional.empty();
        if (own.isPresent()) {
            return own.get();
        }
        if (nameOrFolder.isBlank() || (bare && !Files.exists(path))) {
            throw new UnknownDataException(nameOrFolder, nearest(nameOrFolder));
        }
        return path;
    }

    private List<String> nearest(String name) {
        Set<String> names = new LinkedHashSet<>(places.names());
        known.forEach(set -> names.add(set.name()));
        names.add(GENERATED);
        return Names.nearest(name, names);
    }

    private static ImageData read(Path folder, Optional<String> name) {
        Path last = folder.toAbsolutePath().normalize().getFileName();
        ImageData data = IdxImages.read(folder, name.orElse(String.valueOf(last)));
        if (data.train().height() != SIDE || data.train().width() != SIDE) {
            throw new DataException(
                    folder,
                    "image size",
                    SIDE + " x " + SIDE,
                    data.train().height() + " x " + data.train().width());
        }
        return data;
    }
}
