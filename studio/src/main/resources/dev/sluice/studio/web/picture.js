// Grey pictures on canvases.

/** Shows bytes, 0 black to 255 white, on a canvas of their size. */
export function draw(canvas, pixels, width, height) {
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width
    canvas.height = height
  }
  const context = canvas.getContext('2d')
  const image = context.createImageData(width, height)
  for (let i = 0; i < pixels.length; i++) {
    image.data[4 * i] = image.data[4 * i + 1] = image.data[4 * i + 2] = pixels[i]
    image.data[4 * i + 3] = 255
  }
  context.putImageData(image, 0, 0)
}
