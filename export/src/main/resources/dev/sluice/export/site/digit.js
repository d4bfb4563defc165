// From ink on a large square to an image like those of MNIST: the digit fits a box of 20 by 20 and its centre of
// mass is the centre of 28 by 28; each pixel is the mean ink of the area it covers.

const BOX = 20 / 28

export function toDigit(ink, size, height, width) {
  const found = measure(ink, size)
  const image = new Float32Array(height * width)
  if (!found) return image
  const scale = Math.max(found.right - found.left, found.bottom - found.top) / (BOX * Math.min(height, width))
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const left = found.x + (x - width / 2) * scale
      const top = found.y + (y - height / 2) * scale
      image[y * width + x] = mean(ink, size, left, top, left + scale, top + scale)
    }
  }
  return image
}

// The box around the ink and its centre of mass; null without any.
function measure(ink, size) {
  let [left, top, right, bottom, sum, sumX, sumY] = [size, size, 0, 0, 0, 0, 0]
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const v = ink[y * size + x]
      if (v > 0.02) {
        left = Math.min(left, x)
        right = Math.max(right, x + 1)
        top = Math.min(top, y)
        bottom = Math.max(bottom, y + 1)
      }
      sum += v
      sumX += v * (x + 0.5)
      sumY += v * (y + 0.5)
    }
  }
  return right > left ? { left, top, right, bottom, x: sumX / sum, y: sumY / sum } : null
}

function mean(ink, size, left, top, right, bottom) {
  let sum = 0
  for (let y = Math.max(0, Math.floor(top)); y < Math.min(size, bottom); y++) {
    const tall = Math.min(bottom, y + 1) - Math.max(top, y)
    for (let x = Math.max(0, Math.floor(left)); x < Math.min(size, right); x++) {
      sum += ink[y * size + x] * tall * (Math.min(right, x + 1) - Math.max(left, x))
    }
  }
  return sum / ((right - left) * (bottom - top))
}
