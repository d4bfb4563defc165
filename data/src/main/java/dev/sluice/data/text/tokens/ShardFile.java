package dev.sluice.data.text.tokens;

import java.util.List;

/**
 * A file of numbers as its index describes it.
 *
 * @param name its name in the folder
 * @param bytes its length
 * @param sums CRC-32C of each block of {@link ShardWriter#BLOCK} bytes
 */
record ShardFile(String name, long bytes, List<Integer> sums) {}
