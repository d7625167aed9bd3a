// The form of a report. What is half written is kept as a draft: a phone call must not cost it.
import {get} from '/page/ask.js';
import {html, live, nothing} from '/page/html.js';
import {said, t} from '/page/words.js';
import {icon} from './icons.js';
import {keep, kept} from './keep.js';
import {makePhotos} from './photos.js';

const EMPTY = {kind: 'other', words: '', pole: '', where: '', spot: null};

export function makeReport({redraw, send}) {
  let draft = {...EMPTY}, read = null, near = null, fault = '', turn = 0, photos = null, timer = 0;
  const fresh = (blobs) => makePhotos({name: 'photos', redraw, blobs, changed: note});
  photos = fresh([]);
  kept('draft').then((old) => {
    if (!old) return;
    draft = {...EMPTY, ...old.draft};
    photos = fresh(old.blobs || []);
    redraw();
  }, () => {});

  function note() {
    clearTimeout(timer);
    timer = setTimeout(() => keep('draft', {draft, blobs: photos.blobs}).catch(() => {}), 300);
  }

  function set(more) { draft = {...draft, ...more}; note(); }

  async function pole(number) {
    set({pole: number});
    const mine = turn += 1;
    read = number.trim() ? {wait: true} : null;
    redraw();
    if (!number.trim()) return;
    await new Promise((done) => { setTimeout(done, 350); }); // not for every key
    if (mine !== turn) return;
    try {
      const found = await get(`/v1/round/poles?number=${encodeURIComponent(number.trim())}`);
      if (mine === turn) read = found.length ? {pole: found[0]} : {none: true};
    } catch { if (mine === turn) read = {later: true}; }
    redraw();
  }

  function locate() {
    near = {wait: true}; redraw();
    if (!navigator.geolocation) { near = {refused: true}; redraw(); return; }
    navigator.geolocation.getCurrentPosition(async ({coords}) => {
      set({spot: {lat: coords.latitude, lon: coords.longitude}});
      near = {point: true, poles: null}; redraw();
      try {
        near = {point: true, poles: await get(`/v1/round/poles?lat=${coords.latitude}&lon=${coords.longitude}`)};
      } catch { near = {point: true, poles: null}; }
      redraw();
    }, () => { near = {refused: true}; redraw(); }, {enableHighAccuracy: true, timeout: 15000, maximumAge: 30000});
  }

  async function submit(event) {
    event.preventDefault();
    if (!draft.words.trim()) {
      fault = t('r.words-empty'); redraw();
      document.getElementById('words').focus();
      return;
    }
    fault = '';
    const {kind, words, pole: number, where, spot} = draft;
    const body = {kind, words: words.trim(), pole: number.trim(), where: where.trim(), ...(spot || {})};
    if (!await send('report', '', body, photos.blobs)) return;
    clearTimeout(timer);
    draft = {...EMPTY, kind}; read = near = null; turn += 1;
    photos.clear();
    await keep('draft', null).catch(() => {});
    redraw();
  }

  const readBack = () => {
    if (!read) return nothing;
    if (read.wait) return html`<p class="hint">${t('r.pole-reading')}</p>`;
    if (read.pole) return html`<p class="good">✓ ${read.pole.words}${read.pole.nearby ? html` · ${read.pole.nearby}` : nothing}</p>`;
    return html`<p class="warn">${read.none ? t('r.pole-none', {number: draft.pole}) : t('r.pole-later')}</p>`;
  };

  const nearby = () => {
    if (!near) return nothing;
    if (near.wait) return html`<p class="hint">${t('r.near-wait')}</p>`;
    if (near.refused) return html`<p class="warn">${t('r.near-refused')}</p>`;
    return html`<p class="hint">${t('r.near-point')}</p>
      ${near.poles ? near.poles.length ? html`<ul class="poles">${near.poles.map((one) => html`<li><button type="button" aria-pressed=${draft.pole === one.number}
          @click=${() => { turn += 1; set({pole: one.number}); read = {pole: one}; redraw(); }}>
          <strong>${one.number}</strong> ${one.words} <span class="hint">${t('r.near-m', {m: Math.round(one.distance_m)})}</span></button></li>`)}</ul>`
        : html`<p class="hint">${t('r.near-none')}</p>` : nothing}`;
  };

  return {
    view: (round) => html`
      <form class="report" novalidate @submit=${submit}>
        <label for="kind">${t('r.kind')}</label>
        <select id="kind" @change=${(event) => set({kind: event.target.value})}>
          ${(round ? round.kinds : [{id: 'other', zh: '其他', en: 'Other'}]).map((kind) => html`<option value=${kind.id} ?selected=${kind.id === draft.kind}>${said(kind)}</option>`)}</select>
        <label for="words">${t('r.words')}</label>
        <textarea id="words" rows="3" maxlength="2000" aria-required="true" aria-invalid=${fault ? 'true' : nothing} aria-describedby=${fault ? 'words-fault' : nothing}
          .value=${live(draft.words)} @input=${(event) => set({words: event.target.value})}></textarea>
        ${fault ? html`<p class="field-bad" role="alert" id="words-fault">${fault}</p>` : nothing}
        ${photos.view()}
        <label for="pole">${t('r.pole')}</label>
        <div class="pole"><input id="pole" inputmode="numeric" autocomplete="off" maxlength="40" .value=${live(draft.pole)} @input=${(event) => pole(event.target.value)}>
          <button type="button" @click=${locate}>${icon('pin')} ${t('r.near')}</button></div>
        <div role="status">${readBack()}${nearby()}</div>
        <label for="where">${t('r.where')}</label>
        <input id="where" autocomplete="off" maxlength="120" .value=${live(draft.where)} @input=${(event) => set({where: event.target.value})}>
        <button class="main send">${t('r.send')}</button>
      </form>`,
  };
}
