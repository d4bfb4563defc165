// The latents page: a training is chosen, and its codes are computed by the studio.
import { bytes, get, post, readBytes, runPath } from './api.js'
import { chooseTraining } from './choice.js'
import { testDigits } from './digits.js'
import { showLatents } from './latents.js'

/** A backend (see latents.js) whose model runs in the studio. */
async function openTraining(run, { info, variant, seed, digits }) {
  const path = (what) => runPath(run, what, { variant, seed })
  return {
    info,
    digits: digits ? testDigits(info, await readBytes(path('digits'))) : null,
    async encode(pixels) {
      return (await post(path('encode'), { pixels: Array.from(pixels) })).code
    },
    async decode(code) {
      const { pictures } = await post(path('decode'), { code: Array.from(code) })
      return Object.fromEntries(Object.entries(pictures).map(([name, text]) => [name, Float32Array.from(bytes(text), (v) => v / 255)]))
    }
  }
}

chooseTraining({
  offer: 'latents',
  none: 'No run here has latents: those of an autoencoder, such as split-digits or routed-vae, can be played with once its run is complete.',
  lacks: 'has no latents: only an autoencoder has, once its run is complete',
  waiting: 'Opening the model…',
  async load(run, variant, seed) {
    const training = await get(runPath(run, 'latents', { variant, seed }))
    return { ...training, backend: await openTraining(run, training) }
  },
  show: (content, run, { backend }) => showLatents(content, backend)
})
