package dev.sluice.data;

/**
 * A data set that was read to the end and found sound.
 *
 * @param data its contents, with the checksum of each source
 * @param published whether the checksums were compared with published ones; false where none are
 *     known, as for a folder of the user's own
 */
public record DataCheck(ImageData data, boolean published) {}
