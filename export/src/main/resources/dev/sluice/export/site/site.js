// The static site: the page of latents, computed here in the browser.
import { openOnnx } from './onnx-backend.js'
import { showLatents } from './latents.js'

const root = document.getElementById('latents')
const status = root.querySelector('.loading')
try {
  const backend = await openOnnx(document.baseURI, (line) => (status.textContent = line))
  showLatents(root, backend)
} catch (e) {
  status.textContent = `The model could not be loaded: ${e.message}`
}
