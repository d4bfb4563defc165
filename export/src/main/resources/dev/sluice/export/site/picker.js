// Test digits to choose from: a page of them at a time, all or those of one class. Arrow keys walk and choose.
import { button, element, paint } from './elements.js';

const PAGE = 40;

export function createPicker({ height, width }, digits, chosen) {
  const labels = [...new Set(Array.from({ length: digits.count }, (_, i) => digits.label(i)))];
  const filter = element('select', { 'aria-label': 'Which test images' },
    element('option', { value: '' }, 'All'),
    ...labels.sort((a, b) => a - b).map((l) => element('option', { value: l }, `Only ${l}`)));
  const list = element('div', {
    class: 'digits', role: 'listbox', 'aria-label': 'Test images', 'aria-orientation': 'horizontal',
  });
  const place = element('span', { class: 'place' });
  const previous = button('‹', () => turn(-1), { 'aria-label': 'Previous page', class: 'turn' });
  const next = button('›', () => turn(1), { 'aria-label': 'Next page', class: 'turn' });
  let shown = [];
  let first = 0;
  let current = 0;

  function fill() {
    const options = shown.slice(first, first + PAGE).map((index) => {
      const canvas = element('canvas', { class: 'ink', width, height, 'aria-hidden': 'true' });
      paint(canvas, digits.pixels(index), width, height);
      const option = element('div', {
        role: 'option', tabindex: -1, 'aria-selected': index === current,
        'aria-label': `${digits.label(index)}, test image ${index + 1}`,
      }, canvas);
      option.addEventListener('click', () => choose(index));
      return option;
    });
    list.replaceChildren(...options);
    const selected = shown.indexOf(current) - first;
    (options[selected] ?? options[0])?.setAttribute('tabindex', 0);
    place.textContent = `${first + 1}–${Math.min(first + PAGE, shown.length)} of ${shown.length}`;
    previous.disabled = first === 0;
    next.disabled = first + PAGE >= shown.length;
  }

  function turn(by) {
    first = Math.max(0, Math.min(shown.length - 1, first + by * PAGE));
    fill();
  }

  function choose(index) {
    mark(index);
    chosen(index);
  }

  function mark(index) {
    current = index;
    for (const [i, option] of [...list.children].entries()) {
      const is = shown[first + i] === index;
      option.setAttribute('aria-selected', is);
      option.tabIndex = is ? 0 : -1;
    }
    if (!list.querySelector('[tabindex="0"]')) list.firstElementChild?.setAttribute('tabindex', 0);
  }

  const steps = { ArrowRight: 1, ArrowLeft: -1, PageDown: PAGE, PageUp: -PAGE };
  list.addEventListener('keydown', (event) => {
    const from = first + [...list.children].indexOf(document.activeElement);
    const columns = getComputedStyle(list).gridTemplateColumns.split(' ').length;
    const by = { ...steps, ArrowDown: columns, ArrowUp: -columns }[event.key];
    if (by === undefined && ![' ', 'Enter'].includes(event.key)) return;
    event.preventDefault();
    const to = Math.max(0, Math.min(shown.length - 1, from + (by ?? 0)));
    const page = Math.floor(to / PAGE) * PAGE;
    if (page !== first) {
      first = page;
      fill();
    }
    choose(shown[to]);
    list.children[to - first].focus();
  });

  function narrow() {
    const all = Array.from({ length: digits.count }, (_, i) => i);
    shown = filter.value === '' ? all : all.filter((i) => digits.label(i) === Number(filter.value));
    first = 0;
    fill();
  }
  filter.addEventListener('change', narrow);
  narrow();

  return {
    element: element('div', { class: 'picker' },
      element('div', { class: 'bar' }, filter, previous, place, next), list),
    mark,
  };
}
