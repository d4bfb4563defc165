// The latents page: a training is chosen, and its codes are computed by the studio.
import { bytes, get, post, runPath } from './api.js'
import { chooseTraining } from './choice.js'
import { Latents } from './latents.js'

/** A backend for latents.js whose model runs in the studio. */
async function backend(run, variant, seed) {
  const info = await get(runPath(run, 'latents', { variant, seed }))
  const of = { variant: info.variant, seed: info.seed }
  return {
    info,
    async encode(pixels) {
      return (await post(runPath(run, 'encode', of), { pixels })).code
    },
    async decode(code, off) {
      const { pictures } = await post(runPath(run, 'decode', of), { code, off })
      return Object.fromEntries(Object.entries(pictures).map(([view, text]) => [view, bytes(text)]))
    },
    async digits() {
      if (info.digits === 0) return null
      const digits = await get(runPath(run, 'digits', of))
      return { ...digits, pixels: bytes(digits.pixels) }
    }
  }
}

chooseTraining({
  wanted: (entry) => entry.status === 'complete',
  none: 'No finished run yet. A model can be played with when its run is complete.',
  waiting: 'Opening the model…',
  async show(content, run, variant, seed) {
    const model = await backend(run, variant, seed)
    new Latents(content, model)
    return model.info
  }
})
