// Small things that the parts of a page share.

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

export function button(text, pressed, attributes = {}) {
  const made = element('button', { type: 'button', ...attributes }, text);
  made.addEventListener('click', pressed);
  return made;
}

// Pixels 0…1 as ink on paper: black whose opacity is the value; the style sheet turns it white in the dark.
export function paint(canvas, pixels, width, height) {
  const image = new ImageData(width, height);
  for (let i = 0; i < pixels.length; i++) {
    image.data[4 * i + 3] = Math.round(255 * Math.min(1, Math.max(0, pixels[i])));
  }
  canvas.getContext('2d').putImageData(image, 0, 0);
}

// Runs work for the newest value only: what arrives while it is busy replaces what waits.
export function latestOnly(work) {
  let waiting = null;
  let busy = false;
  return async (value) => {
    waiting = { value };
    if (busy) return;
    busy = true;
    try {
      while (waiting) {
        const next = waiting.value;
        waiting = null;
        await work(next);
      }
    } finally {
      busy = false;
    }
  };
}
