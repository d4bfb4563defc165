// A slider and a switch for each unit of a code, in groups. Calls changed() after each move.
import { button, element } from './elements.js';

export function createSliders(info, changed) {
  const { min, max, step } = info.slider;
  const units = info.units.map((unit, i) => {
    const range = element('input', {
      type: 'range', min, max, step, 'aria-label': `${unit.name}, value`, id: `unit-${i}`,
    });
    const on = element('input', { type: 'checkbox', 'aria-label': `${unit.name}, on`, checked: '' });
    const number = element('output', { for: `unit-${i}` });
    const row = element('div', { class: 'unit' }, on,
      element('label', { for: `unit-${i}` }, unit.label), range, number);
    const it = { range, on, number, row, value: 0 };
    range.addEventListener('input', () => {
      it.value = Number(range.value);
      on.checked = true;
      show(it);
      changed();
    });
    on.addEventListener('change', () => {
      show(it);
      changed();
    });
    return it;
  });

  function show(it) {
    const rounded = (Math.abs(it.value) < 0.005 ? 0 : it.value).toFixed(2).replace('-', '−');
    it.number.textContent = it.on.checked ? rounded : 'off';
    it.row.classList.toggle('off', !it.on.checked);
    const shown = Math.min(max, Math.max(min, it.value));
    const zero = (Math.max(min, 0) - min) / (max - min);
    const at = (shown - min) / (max - min);
    it.row.style.setProperty('--from', Math.min(zero, at));
    it.row.style.setProperty('--to', Math.max(zero, at));
    it.range.setAttribute('aria-valuetext', it.number.textContent);
  }

  function set(values) {
    values.forEach((v, i) => {
      units[i].value = v;
      units[i].range.value = v;
      show(units[i]);
    });
  }

  function switchAll(which, on) {
    for (const i of which) {
      units[i].on.checked = on;
      show(units[i]);
    }
    changed();
  }

  const names = [...new Set(info.units.map((u) => u.group))];
  const groups = names.map((name) => {
    const which = info.units.flatMap((u, i) => (u.group === name ? [i] : []));
    return element('div', { class: 'group', role: 'group', 'aria-label': name },
      element('div', { class: 'switches' }, element('h3', {}, name),
        button('All off', () => switchAll(which, false), { 'aria-label': `${name}: all off` }),
        button('All on', () => switchAll(which, true), { 'aria-label': `${name}: all on` })),
      ...which.map((i) => units[i].row));
  });

  return {
    element: element('div', { class: 'groups' }, ...groups),
    set,
    // What the decoders are given: 0 where a unit is off.
    code: () => Float32Array.from(units, (it) => (it.on.checked ? it.value : 0)),
    switchAllOn() {
      for (const it of units) {
        it.on.checked = true;
        show(it);
      }
    },
  };
}
