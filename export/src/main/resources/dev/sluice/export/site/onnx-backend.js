// A backend (see latents.js) whose model is ONNX files, computed by onnxruntime-web in the page. Everything is fetched
// from the page's own folder.
import * as ort from './ort/ort.js'
import { testDigits } from './digits.js'

export async function openOnnx(base, tell = () => {}) {
  const at = (file) => new URL(file, base).href
  ort.env.wasm.numThreads = 1
  ort.env.wasm.proxy = false
  ort.env.wasm.wasmPaths = { mjs: at('ort/ort-wasm.js'), wasm: at('ort/ort.wasm') }
  const info = await (await get(at('site.json'))).json()
  const digits = testDigits(info, await bytes(at(info.digits)))
  const sessions = {}
  for (const part of [info.encoder, ...info.decoders]) {
    tell(`Loading the model: ${part.name}`)
    sessions[part.name] = await ort.InferenceSession.create(await bytes(at(part.file)), { executionProviders: ['wasm'] })
  }
  const { imageLow: low, imageHigh: high } = info

  async function run(part, values, shape) {
    const input = new ort.Tensor('float32', values, shape)
    const results = await sessions[part.name].run({ [part.input]: input }, [part.output])
    return results[part.output].data
  }

  return {
    info,
    digits,
    async encode(pixels) {
      const image = Float32Array.from(pixels, (v) => v * (high - low) + low)
      return run(info.encoder, image, [1, 1, info.height, info.width])
    },
    async decode(code) {
      const images = {}
      for (const decoder of info.decoders) {
        const image = await run(decoder, Float32Array.from(code), [1, code.length])
        images[decoder.name] = Float32Array.from(image, (v) => (v - low) / (high - low))
      }
      return images
    }
  }
}

async function get(url) {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`${url}: ${response.status} ${response.statusText}`)
  return response
}

async function bytes(url) {
  return new Uint8Array(await (await get(url)).arrayBuffer())
}
