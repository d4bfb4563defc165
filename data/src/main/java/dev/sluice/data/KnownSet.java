package dev.sluice.data;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A published image set: where its files can be fetched and what they must be.
 *
 * @param name the name that users give
 * @param description one line for lists
 * @param mirrors folders that hold the files, tried in this order
 * @param files training images and labels, test images and labels, gzipped
 */
record KnownSet(String name, String description, List<URI> mirrors, List<RemoteFile> files) {

    /**
     * One file of a set.
     *
     * @param key its key in {@link ImageData#sha256}
     * @param name its name on the mirrors and on disk
     * @param size its length in bytes
     * @param sha256 its checksum
     * @param contentSha256 the checksum of what it unpacks to
     */
    record RemoteFile(String key, String name, long size, String sha256, String contentSha256) {}

    /** Checksums of the unpacked files by key. */
    Map<String, String> contentSha256() {
        Map<String, String> sums = new TreeMap<>();
        files.forEach(f -> sums.put(f.key(), f.contentSha256()));
        return sums;
    }

    /** MNIST (LeCun, Cortes, Burges), 60,000 and 10,000 digits. */
    static KnownSet mnist() {
        return new KnownSet(
                Datasets.MNIST,
                "handwritten digits, 60,000 + 10,000 images of 28 x 28 (LeCun, Cortes, Burges)",
                List.of(
                        URI.create("https://ossci-datasets.s3.amazonaws.com/mnist/"),
                        URI.create("https://storage.googleapis.com/cvdf-datasets/mnist/")),
                List.of(
                        trainImages(
                                9_912_422,
                                "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
                                "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
                        trainLabels(
                                28_881,
                                "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
                                "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
                        testImages(
                                1_648_877,
                                "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
                                "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
                        testLabels(
                                4_542,
                                "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
                                "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2")));
    }

    /** Fashion-MNIST (Zalando Research), 60,000 and 10,000 pieces of clothing. */
    static KnownSet fashionMnist() {
        return new KnownSet(
                Datasets.FASHION_MNIST,
                "clothing in ten classes, 60,000 + 10,000 images of 28 x 28 (Zalando Research)",
                List.of(
                        URI.create("https://fashion-mnist.s3.eu-central-1.amazonaws.com/"),
                        URI.create("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"),
                        URI.create(
                                "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/"
                                        + "master/data/fashion/")),
                List.of(
                        trainImages(
                                26_421_880,
                                "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
                                "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"),
                        trainLabels(
                                29_515,
                                "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
                                "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"),
                        testImages(
                                4_422_102,
                                "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
                                "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"),
                        testLabels(
                                5_148,
                                "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
                                "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34")));
    }

    private static RemoteFile trainImages(long size, String sha256, String content) {
        return new RemoteFile(
                ImageData.TRAIN_IMAGES, "train-images-idx3-ubyte.gz", size, sha256, content);
    }

    private static RemoteFile trainLabels(long size, String sha256, String content) {
        return new RemoteFile(
                ImageData.TRAIN_LABELS, "train-labels-idx1-ubyte.gz", size, sha256, content);
    }

    private static RemoteFile testImages(long size, String sha256, String content) {
        return new RemoteFile(
                ImageData.TEST_IMAGES, "t10k-images-idx3-ubyte.gz", size, sha256, content);
    }

    private static RemoteFile testLabels(long size, String sha256, String content) {
        return new RemoteFile(
                ImageData.TEST_LABELS, "t10k-labels-idx1-ubyte.gz", size, sha256, content);
    }
}
