// The dialog of one area: its name, its places, its wardens in order, who answers for them at a kiosk.
import {get, post, put} from '../ask.js';
import {openDialog} from '../dialog.js';
import {html, live, nothing, repeat} from '../html.js';
import {t} from '../words.js';

// `done()` after it was saved.
export function editArea({area, wardens, departments, done}) {
  let name = area ? area.name : '', note = area ? area.note : '', department = area ? area.department : '', places = area ? [...area.places] : [], walking = area ? [...area.wardens] : [];
  let found = null, refused = null, busy = false;
  let box = {redraw() {}};

  async function find() {
    const text = document.getElementById('area-find').value.trim();
    if (!text) return;
    try { found = await get(`/v1/grid/places?q=${encodeURIComponent(text)}`); refused = null; } catch (error) { refused = error; }
    box.redraw();
  }

  async function save(event) {
    event.preventDefault();
    busy = true; box.redraw();
    const wanted = {name, note, department, places: places.map((one) => one.id), wardens: walking.map((one) => one.id), v: area ? area.v : 0};
    try {
      await (area ? put(`/v1/grid/areas/${area.id}`, wanted) : post('/v1/grid/areas', wanted));
      box.close(true);
      done();
    } catch (error) { refused = error; busy = false; box.redraw(); }
  }

  const off = (one) => html`<button type="button" class="quiet" aria-label=${t('g.off', {name: one.words})} @click=${() => { places = places.filter((other) => other !== one); walking = walking.filter((other) => other !== one); box.redraw(); }}>✕</button>`;
  const add = (one) => { if (!places.some((other) => other.id === one.id)) places = [...places, one]; found = found.filter((other) => other !== one); box.redraw(); };

  function choose() {
    const id = document.getElementById('area-warden').value, one = wardens.find((other) => other.id === id);
    if (one) walking = [...walking, one];
    box.redraw();
  }

  box = openDialog({title: area ? t('g.edit-of', {name: area.name}) : t('g.new'), view: () => view()}); // everything it shows is there by now

  function view() {
    const left = wardens.filter((one) => !walking.some((other) => other.id === one.id));
    return html`<form novalidate @submit=${save}>
      ${refused ? html`<p class="bad" role="alert">${refused.message}</p>` : nothing}
      <label for="area-name">${t('g.name')}</label>
      <input id="area-name" maxlength="60" aria-required="true" aria-invalid=${refused && refused.field === 'name' ? 'true' : nothing} .value=${live(name)} @input=${(event) => { name = event.target.value; }}>
      <h3>${t('g.places')}</h3>
      <ul>${repeat(places, (one) => one.id, (one) => html`<li>${one.words} ${off(one)}</li>`)}</ul>
      ${places.length ? nothing : html`<p class="hint">${t('g.no-places')}</p>`}
      <label for="area-find">${t('g.find')}</label>
      <div class="actions"><input id="area-find" maxlength="80" @keydown=${(event) => { if (event.key === 'Enter') { event.preventDefault(); find(); } }}>
        <button type="button" @click=${find}>${t('g.find-go')}</button></div>
      <div role="status">${found === null ? nothing : found.length ? html`<ul>${found.map((one) => html`<li><button type="button" aria-label=${t('g.add', {name: one.words})} @click=${() => add(one)}>+ ${one.words}</button></li>`)}</ul>` : html`<p class="hint">${t('g.find-none')}</p>`}</div>
      <h3>${t('g.order')}</h3>
      <ol>${repeat(walking, (one) => one.id, (one, n) => html`<li>${one.words} ${n ? html`<button type="button" class="quiet" @click=${() => { walking = [one, ...walking.filter((other) => other !== one)]; box.redraw(); }}>↑ ${t('g.first')}</button>` : nothing} ${off(one)}</li>`)}</ol>
      ${left.length ? html`<label for="area-warden">${t('g.choose')}</label><div class="actions"><select id="area-warden">${left.map((one) => html`<option value=${one.id}>${one.words}</option>`)}</select>
        <button type="button" @click=${choose}>${t('g.add-warden')}</button></div>` : nothing}
      <label for="area-department">${t('g.department')}</label>
      <select id="area-department" @change=${(event) => { department = event.target.value; }}>
        ${[{id: '', words: t('g.reception')}, ...departments].map((one) => html`<option value=${one.id} ?selected=${one.id === department}>${one.words}</option>`)}</select>
      <label for="area-note">${t('g.note')}</label>
      <textarea id="area-note" rows="2" maxlength="500" .value=${live(note)} @input=${(event) => { note = event.target.value; }}></textarea>
      <p class="actions"><button class="main" ?disabled=${busy}>${t('g.save')}</button><button type="button" @click=${() => box.close()}>${t('g.cancel')}</button></p>
    </form>`;
  }
}
