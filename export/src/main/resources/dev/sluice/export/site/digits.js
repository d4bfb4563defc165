// Test digits in a file: a byte for each label, then one for each pixel.

/** `{count, label(i), pixels(i)}`; pixels are 0 to 1. */
export function testDigits({ height, width }, bytes) {
  const size = height * width
  const count = bytes.length / (size + 1)
  return {
    count,
    label: (i) => bytes[i],
    pixels: (i) => Float32Array.from(bytes.subarray(count + i * size, count + (i + 1) * size), (v) => v / 255)
  }
}
