// A square to draw a digit on, with mouse, pen, finger or keyboard. Calls changed(pixels) after every stroke.
import { toDigit } from './digit.js';
import { element, paint } from './elements.js';

const SIZE = 280;
const BRUSH = 22;
const STEP = 7;

export function createDrawing({ height, width }, changed) {
  const canvas = element('canvas', {
    class: 'ink draw', width: SIZE, height: SIZE, tabindex: 0, role: 'application',
    'aria-label': 'Drawing area', 'aria-describedby': 'draw-help',
  });
  const pen = element('span', { class: 'pen', hidden: '', 'aria-hidden': 'true' });
  const holder = element('div', { class: 'holder' }, canvas, pen);
  const g = canvas.getContext('2d', { willReadFrequently: true });
  g.lineWidth = BRUSH;
  g.lineCap = g.lineJoin = 'round';
  let at = null;
  let drawn = false;
  let key = { x: SIZE / 2, y: SIZE / 4, down: false };

  function begin() {
    if (!drawn) g.clearRect(0, 0, SIZE, SIZE);
    drawn = true;
  }

  function line(from, to) {
    g.beginPath();
    g.moveTo(from.x, from.y);
    g.lineTo(to.x, to.y);
    g.stroke();
  }

  function tell() {
    const data = g.getImageData(0, 0, SIZE, SIZE).data;
    const ink = new Float32Array(SIZE * SIZE);
    for (let i = 0; i < ink.length; i++) ink[i] = data[4 * i + 3] / 255;
    changed(toDigit(ink, SIZE, height, width));
  }

  function place(event) {
    const box = canvas.getBoundingClientRect();
    return {
      x: ((event.clientX - box.left) / box.width) * SIZE,
      y: ((event.clientY - box.top) / box.height) * SIZE,
    };
  }

  canvas.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    begin();
    at = place(event);
    line(at, at);
  });
  canvas.addEventListener('pointermove', (event) => {
    if (!at) return;
    const seen = event.getCoalescedEvents?.() ?? [];
    for (const one of seen.length ? seen : [event]) {
      const next = place(one);
      line(at, next);
      at = next;
    }
  });
  for (const end of ['pointerup', 'pointercancel']) {
    canvas.addEventListener(end, () => {
      if (at) tell();
      at = null;
    });
  }

  function showPen() {
    pen.hidden = document.activeElement !== canvas || !canvas.matches(':focus-visible');
    pen.classList.toggle('down', key.down);
    pen.style.left = `${(100 * key.x) / SIZE}%`;
    pen.style.top = `${(100 * key.y) / SIZE}%`;
  }

  const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  canvas.addEventListener('keydown', (event) => {
    if (event.key === ' ' || event.key === 'Enter') {
      key.down = !key.down;
      if (key.down) {
        begin();
        line(key, key);
      } else {
        tell();
      }
    } else if (moves[event.key]) {
      const inside = (v) => Math.min(SIZE - BRUSH / 2, Math.max(BRUSH / 2, v));
      const [x, y] = moves[event.key];
      const next = { ...key, x: inside(key.x + x * STEP), y: inside(key.y + y * STEP) };
      if (key.down) line(key, next);
      key = next;
    } else {
      return;
    }
    event.preventDefault();
    showPen();
  });
  canvas.addEventListener('focus', showPen);
  canvas.addEventListener('blur', () => {
    if (key.down) tell();
    key.down = false;
    showPen();
  });

  return {
    element: holder,
    clear() {
      g.clearRect(0, 0, SIZE, SIZE);
      drawn = true;
      tell();
    },
    // Shows an image that was not drawn; the next stroke starts afresh.
    show(pixels) {
      const small = element('canvas', { width, height });
      paint(small, pixels, width, height);
      g.clearRect(0, 0, SIZE, SIZE);
      g.imageSmoothingEnabled = false;
      g.drawImage(small, 0, 0, SIZE, SIZE);
      drawn = false;
    },
  };
}
