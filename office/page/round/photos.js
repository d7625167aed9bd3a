// Photos of one form: chosen or taken, made small at once, shown, taken away again.
import {html, nothing, repeat} from '/page/html.js';
import {smaller} from '/page/picture.js';
import {t} from '/page/words.js';
import {icon} from './icons.js';

export const MOST = 9;

// `changed(blobs)` after every change, so that a draft can be kept.
export function makePhotos({name, redraw, blobs = [], changed = () => {}}) {
  let shown = [], fault = '';
  blobs.forEach(put);

  function put(blob) { shown = [...shown, {blob, url: URL.createObjectURL(blob)}]; }

  async function take(event) {
    const files = [...event.target.files];
    event.target.value = '';
    fault = '';
    for (const file of files) {
      if (shown.length >= MOST) { fault = t('r.photo-most', {n: MOST}); break; }
      try { put(await smaller(file)); } catch { fault = t('r.photo-bad'); }
    }
    redraw();
    changed(shown.map((one) => one.blob));
  }

  function off(one) {
    URL.revokeObjectURL(one.url);
    shown = shown.filter((other) => other !== one);
    redraw();
    changed(shown.map((other) => other.blob));
  }

  return {
    get blobs() { return shown.map((one) => one.blob); },
    clear() { shown.forEach((one) => URL.revokeObjectURL(one.url)); shown = []; fault = ''; },
    view: () => html`
      <label class="photo-button" for=${name}>${icon('camera')} ${t('r.photo')}</label>
      <input class="unseen" id=${name} type="file" accept="image/*" multiple @change=${take}>
      ${fault ? html`<p class="field-bad" role="alert">${fault}</p>` : nothing}
      ${shown.length ? html`<ul class="photos">${repeat(shown, (one) => one.url, (one, n) => html`
        <li><img src=${one.url} alt=${t('r.photo-n', {n: n + 1})}>
          <button type="button" aria-label=${t('r.photo-off', {n: n + 1})} @click=${() => off(one)}>✕</button></li>`)}</ul>` : nothing}`,
  };
}
