// The page of latents: an image goes in, its code stands on sliders, and what decoders make of it comes out. It
// computes nothing itself: see onnx-backend.js for what a backend is.
import { createDrawing } from './drawing.js';
import { button, element, latestOnly, paint } from './elements.js';
import { createPicker } from './picker.js';
import { createSliders } from './sliders.js';

export function showLatents(root, backend) {
  const { info, digits } = backend;
  let start = new Float32Array(info.units.length);
  let source = '';

  const results = info.decoders.map((decoder) => {
    const canvas = element('canvas', {
      class: 'ink result', width: info.width, height: info.height, role: 'img', 'aria-label': decoder.label,
    });
    return { decoder, canvas };
  });
  const read = element('p', { class: 'read', 'aria-live': 'polite' });
  const vector = element('output', { class: 'vector', 'aria-label': 'The code as numbers' });

  const decode = latestOnly(async (code) => {
    const images = await backend.decode(code);
    for (const { decoder, canvas } of results) {
      paint(canvas, images[decoder.name], info.width, info.height);
    }
  });

  function changed() {
    const code = sliders.code();
    const text = Array.from(code, (v) => v.toFixed(4).replace('-', '−'));
    vector.replaceChildren(...text.map((t) => element('span', {}, t)));
    tell(code);
    decode(code).catch(failed);
  }

  function tell(code) {
    if (!info.classes) {
      read.textContent = source;
      return;
    }
    const largest = code.indexOf(Math.max(...code));
    const found = code[largest] > 0 || !info.nonNegative;
    const name = found ? info.units[largest].class : 'none';
    const text = `${source} Largest unit: ${name}.`;
    if (read.textContent !== text) {
      read.replaceChildren(`${source} Largest unit: `, element('strong', {}, name), '.');
    }
  }

  function failed(e) {
    read.textContent = `This could not be computed: ${e.message}`;
  }

  const encode = latestOnly(async ({ pixels, from }) => {
    const code = await backend.encode(pixels);
    source = from;
    start = info.nonNegative ? code.map((v) => Math.max(0, v)) : Float32Array.from(code);
    reset();
  });

  function reset() {
    sliders.switchAllOn();
    sliders.set(start);
    changed();
  }

  const sliders = createSliders(info, changed);
  const drawing = createDrawing(info, (pixels) => {
    picker.mark(-1);
    encode({ pixels, from: 'Your drawing.' }).catch(failed);
  });
  const picker = createPicker(info, digits, choose);

  function choose(index) {
    const pixels = digits.pixels(index);
    drawing.show(pixels);
    encode({ pixels, from: `Test image ${index + 1}, labelled ${digits.label(index)}.` }).catch(failed);
  }

  root.replaceChildren(
    element('section', { class: 'in', 'aria-labelledby': 'h-in' },
      element('h2', { id: 'h-in' }, 'Image'),
      drawing.element,
      element('p', { class: 'help', id: 'draw-help' },
        'Draw with mouse or finger. By keyboard: arrows move, space lowers and lifts the pen.'),
      element('div', { class: 'buttons' }, button('Clear', () => drawing.clear())),
      picker.element),
    element('section', { class: 'out', 'aria-labelledby': 'h-out' },
      element('h2', { id: 'h-out' }, 'What the code shows'),
      element('div', { class: 'results' }, ...results.map(({ decoder, canvas }) =>
        element('figure', {}, canvas, element('figcaption', {}, decoder.label)))),
      read),
    element('section', { class: 'code', 'aria-labelledby': 'h-code' },
      element('div', { class: 'headline' },
        element('h2', { id: 'h-code' }, 'Code'),
        button('Reset', reset)),
      sliders.element,
      element('h3', {}, 'As numbers'),
      vector),
  );
  choose(0);
}
