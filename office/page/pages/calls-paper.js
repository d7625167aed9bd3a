// One still of the paper under the kiosk's camera, and what the clerk circles on it: by mouse or finger, by a tap, by keys.
import {html, nothing, svg} from '../html.js';
import {t} from '../words.js';
import {MOST_MARKS} from './calls-data.js';

const AROUND = 28, TAP = 0.012, TAP_X = 0.09, TAP_Y = 0.045, STEP = 0.02, LEAST = 0.03;
const START = {x: 0.35, y: 0.42, w: 0.3, h: 0.12};
const between = (value, least, most) => Math.min(most, Math.max(least, value));
const percent = (value) => Math.round(value * 100);

// A small circle for a tap, of the same look on paper of any shape.
export const circle = ([x, y], rx = TAP_X, ry = TAP_Y) => Array.from({length: AROUND + 1}, (_, n) => [x + rx * Math.cos((2 * Math.PI * n) / AROUND), y + ry * Math.sin((2 * Math.PI * n) / AROUND)]);
const corners = ({x, y, w, h}) => [[x, y], [x + w, y], [x + w, y + h], [x, y + h], [x, y]];

// `talk` gives and takes (calls-data); `draw` shows anew.
export function makePaper(talk, draw) {
  let line = null, box = null;
  const freeId = () => { const taken = new Set(talk().still.marks.map((one) => one.id)); for (let n = 0; n < MOST_MARKS; n += 1) if (!taken.has(n)) return n; return MOST_MARKS; };
  const spot = (event) => { const at = event.currentTarget.getBoundingClientRect(); return [between((event.clientX - at.left) / at.width, 0, 1), between((event.clientY - at.top) / at.height, 0, 1)]; };
  const put = (points) => talk().mark(freeId(), points.map(([x, y]) => [between(x, 0, 1), between(y, 0, 1)]));

  const down = (event) => {
    if (event.button > 0 || freeId() >= MOST_MARKS) return;
    event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
    line = [spot(event)];
    draw();
  };
  const move = (event) => { if (line) { line = [...line, spot(event)]; draw(); } };
  const up = (event) => {
    if (!line) return;
    const drawn = [...line, spot(event)], [[x, y]] = drawn;
    line = null;
    put(drawn.some(([a, b]) => Math.hypot(a - x, b - y) > TAP) ? drawn : circle([x, y]));
    draw();
  };
  const left = () => { line = null; draw(); };

  const WAYS = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]};
  const keys = (event) => {
    const way = WAYS[event.key];
    if (event.key === 'Enter') { event.preventDefault(); putBox(); return; }
    if (event.key === 'Escape') { event.preventDefault(); noBox(); return; }
    if (!way) return;
    event.preventDefault();
    const [dx, dy] = way.map((one) => one * STEP);
    const {x, y, w, h} = box;
    box = event.shiftKey ? {x, y, w: between(w + dx, LEAST, 1 - x), h: between(h + dy, LEAST, 1 - y)} : {w, h, x: between(x + dx, 0, 1 - w), y: between(y + dy, 0, 1 - h)};
    draw();
  };
  const putBox = () => { if (box && put(corners(box))) box = {...box, y: between(box.y + box.h, 0, 1 - box.h)}; draw(); };
  const noBox = () => { box = null; draw(); const back = document.getElementById('paper-box'); if (back) back.focus(); };
  const newBox = () => { box = {...START}; draw(); requestAnimationFrame(() => { const at = document.getElementById('paper-keys'); if (at) at.focus(); }); };
  const boxWords = () => t('call.boxAt', {x: percent(box.x), y: percent(box.y), w: percent(box.w), h: percent(box.h)});

  const path = (points) => points.map(([x, y], n) => `${n ? 'L' : 'M'}${(x * 1000).toFixed(1)} ${(y * 1000).toFixed(1)}`).join('');
  const stroke = (points, kind) => svg`<path class="under" d=${path(points)}></path><path class=${kind} d=${path(points)}></path>`;

  const sheet = (still) => html`<div class="paper-sheet">
    <img src=${still.url} width=${still.width} height=${still.height} alt=${t('call.paperAlt')} draggable="false">
    <svg class="ink" viewBox="0 0 1000 1000" preserveAspectRatio="none" role="img" aria-label=${t('call.marks', {n: still.marks.length})} @pointerdown=${down} @pointermove=${move} @pointerup=${up} @pointercancel=${left}>
      ${still.marks.map((one) => stroke(one.points, 'mark-line'))}
      ${line ? stroke(line, 'mark-line') : nothing}
      ${box ? stroke(corners(box), 'mark-box') : nothing}</svg></div>`;

  return {
    close() { line = null; box = null; },
    view(talks) {
      const {still, trouble} = talk(), full = freeId() >= MOST_MARKS;
      if (still.state !== 'here') { line = null; box = null; }
      return html`<section class="card paper-card"><h2>${t('call.paper')}</h2>
        ${['camera', 'busy'].includes(trouble) ? html`<p class="bad" role="alert">${t(`call.cannot.${trouble}`)}</p>` : nothing}
        ${still.state === 'none' ? html`<p class="hint">${t('call.paperHint')}</p><button ?disabled=${!talks} @click=${() => talk().ask()}>${t('call.paperAsk')}</button>`
          : still.state === 'here' ? html`${sheet(still)}
            <p class="hint">${t('call.paperHow')}</p>
            ${full ? html`<p class="warn" role="status">${t('call.marksFull')}</p>` : nothing}
            ${box ? html`<div id="paper-keys" class="paper-keys" role="application" tabindex="0" aria-label=${t('call.box')} aria-describedby="paper-at" @keydown=${keys}><span id="paper-at" role="status">${boxWords()}</span></div>` : nothing}
            <div class="actions">
              ${box ? html`<button class="main" @click=${putBox} ?disabled=${full}>${t('call.boxPut')}</button><button @click=${noBox}>${t('call.boxDrop')}</button>` : html`<button id="paper-box" @click=${newBox}>${t('call.box')}</button>`}
              <button ?disabled=${!still.marks.length} @click=${() => talk().undo()}>${t('call.undo')}</button>
              <button ?disabled=${!still.marks.length} @click=${() => talk().unmark()}>${t('call.clear')}</button>
              <button ?disabled=${!talks} @click=${() => talk().ask()}>${t('call.paperAgain')}</button>
              <button @click=${() => talk().putAway()}>${t('call.putAway')}</button>
              <span class="unseen" role="status">${t('call.marks', {n: still.marks.length})}</span>
            </div>` : html`<p role="status">${still.state === 'asked' ? t('call.paperAsked') : t('call.paperComes', {n: percent(still.part)})}</p><button @click=${() => talk().putAway()}>${t('dialog.cancel')}</button>`}
      </section>`;
    },
  };
}
