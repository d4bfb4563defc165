// A model of ONNX files, computed by onnxruntime-web. Everything is fetched from the page's own folder.
//
// A backend is what a page of latents computes with:
//   info                 sizes, units, sliders and decoders, as in site.json
//   digits               { count, label(i), pixels(i) } test digits, pixels 0…1
//   encode(pixels)       the code of an image, before anything is done to it
//   decode(code)         { NAME: pixels } what each decoder makes of a code, pixels 0…1
import * as ort from './ort/ort.js';

export async function openOnnx(base, tell = () => {}) {
  const at = (file) => new URL(file, base).href;
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.proxy = false;
  ort.env.wasm.wasmPaths = { mjs: at('ort/ort-wasm.js'), wasm: at('ort/ort.wasm') };
  const info = await (await get(at('site.json'))).json();
  const digits = testDigits(info, new Uint8Array(await (await get(at(info.digits))).arrayBuffer()));
  const sessions = {};
  for (const part of [info.encoder, ...info.decoders]) {
    tell(`Loading the model: ${part.name}`);
    const bytes = new Uint8Array(await (await get(at(part.file))).arrayBuffer());
    sessions[part.name] = await ort.InferenceSession.create(bytes, { executionProviders: ['wasm'] });
  }
  const { imageLow: low, imageHigh: high } = info;

  async function run(part, values, shape) {
    const input = new ort.Tensor('float32', values, shape);
    const results = await sessions[part.name].run({ [part.input]: input }, [part.output]);
    return results[part.output].data;
  }

  return {
    info,
    digits,
    async encode(pixels) {
      const image = Float32Array.from(pixels, (v) => v * (high - low) + low);
      return run(info.encoder, image, [1, 1, info.height, info.width]);
    },
    async decode(code) {
      const images = {};
      for (const decoder of info.decoders) {
        const image = await run(decoder, Float32Array.from(code), [1, code.length]);
        images[decoder.name] = Float32Array.from(image, (v) => (v - low) / (high - low));
      }
      return images;
    },
  };
}

async function get(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status} ${response.statusText}`);
  return response;
}

// One byte for each label, then one for each pixel.
function testDigits(info, bytes) {
  const size = info.height * info.width;
  const count = bytes.length / (size + 1);
  return {
    count,
    label: (i) => bytes[i],
    pixels: (i) => Float32Array.from(
      bytes.subarray(count + i * size, count + (i + 1) * size), (v) => v / 255),
  };
}
