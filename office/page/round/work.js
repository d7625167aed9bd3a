// My cases and my alarms: cards with large buttons. Every answer becomes a job that waits until it is sent.
import {html, nothing, repeat} from '/page/html.js';
import {said, t, time} from '/page/words.js';
import {icon} from './icons.js';
import {makePhotos} from './photos.js';

const MINUTES = [3, 5, 10, 20];

// `jobs()` are those of this account; `send(kind, about, body, blobs)` keeps one and says whether it is kept.
export function makeWork({redraw, send, jobs}) {
  let open = null; // {about, kind, what, words, photos, fault}

  function ask(kind, about, what) {
    open = {kind, about, what, words: '', fault: '', photos: makePhotos({name: 'more-photos', redraw})};
    redraw();
    const field = document.getElementById('more-words');
    if (field) field.focus();
  }

  async function answer(event) {
    event.preventDefault();
    const {kind, about, what, words, photos} = open;
    const needed = kind === 'progress' ? what !== 'arrived' : !photos.blobs.length;
    if (needed && !words.trim()) { open.fault = t('r.words-empty'); redraw(); document.getElementById('more-words').focus(); return; }
    const body = kind === 'progress' ? {what, words: words.trim()} : {what, text: words.trim()};
    if (await send(kind, about, body, photos.blobs)) { photos.clear(); open = null; redraw(); }
  }

  const form = () => html`
    <form class="answer" novalidate @submit=${answer}>
      <label for="more-words">${t(open.what === 'done' ? 'r.done-words' : open.what === 'found' ? 'r.found' : 'r.note-words')}</label>
      <textarea id="more-words" rows="3" maxlength="500" aria-invalid=${open.fault ? 'true' : nothing} aria-describedby=${open.fault ? 'more-fault' : nothing}
        .value=${open.words} @input=${(event) => { open.words = event.target.value; }}></textarea>
      ${open.fault ? html`<p class="field-bad" role="alert" id="more-fault">${open.fault}</p>` : nothing}
      ${open.photos.view()}
      <div class="pair"><button class="main">${t('r.keep')}</button><button type="button" @click=${() => { open = null; redraw(); }}>${t('r.cancel')}</button></div>
    </form>`;

  const isOpen = (kind, about) => open && open.kind === kind && open.about === about;
  const pending = (kind, about) => jobs().filter((job) => job.kind === kind && job.about === about && job.state === 'waiting');
  const waits = (list) => list.map((job) => html`<p class="warn">${t('r.pending', {what: t(`r.${job.body.what}`)})}</p>`);

  const pictures = (one) => (one.files.length ? html`<ul class="photos">${one.files.map((file) => html`<li><a href="/v1/files/${file.sha256}" target="_blank" rel="noopener"><img loading="lazy" src="/v1/files/${file.sha256}" alt=${t('r.picture')}></a></li>`)}</ul>` : nothing);

  const caseCard = (kinds) => (one) => {
    const left = pending('progress', one.number), ended = left.some((job) => job.body.what === 'done');
    return html`
      <li class="card" data-case=${one.number}>
        <h3>${said(kinds.find((kind) => kind.id === one.kind)) || one.kind} <span class="badge">${said({zh: one.step_zh, en: one.step_en})}</span></h3>
        <p class="words">${one.words}</p>
        ${one.place || one.pole ? html`<p class="where">${icon('pin')} ${one.place || one.pole}</p>` : nothing}
        ${pictures(one)}
        <p class="hint">${one.number}${one.mine ? html` · ${t('r.due', {at: time(one.due_at)})}` : nothing}</p>
        ${waits(left)}
        ${isOpen('progress', one.number) ? form() : one.mine && !ended ? html`<div class="three">
          <button @click=${() => send('progress', one.number, {what: 'arrived', words: ''}, [])}>${t('r.arrived')}</button>
          <button @click=${() => ask('progress', one.number, 'note')}>${t('r.note')}</button>
          <button class="main" @click=${() => ask('progress', one.number, 'done')}>${t('r.done')}</button></div>` : nothing}
      </li>`;
  };

  const say = (one, what, more = {}) => send('errand', one.id, {what, text: '', minutes: 0, ...more}, []);

  const errandCard = (one) => {
    const left = pending('errand', one.id), last = left.length ? left[left.length - 1].body.what : one.state;
    const going = ['accept', 'arrived', 'found'].includes(last);
    return html`
      <li class="card alarm" data-errand=${one.id}>
        <h3>${one.who || one.cause} <span class="badge ${going ? 'good' : 'bad'}">${t(`r.said-${last}`)}</span></h3>
        <p class="where">${icon('pin')} ${one.place || one.pole_words || (one.spot ? t('r.map', one.spot) : '')}${one.pole ? html` · ${one.pole}` : nothing}</p>
        <p class="hint">${t('r.raised', {at: time(one.raised_at)})}</p>
        ${waits(left)}
        ${isOpen('errand', one.id) ? form() : going ? html`<div class="pair">
            ${last === 'accept' ? html`<button class="main" @click=${() => say(one, 'arrived')}>${t('r.arrived')}</button>` : nothing}
            <button @click=${() => ask('errand', one.id, 'found')}>${t('r.found')}</button></div>`
          : html`<p class="label">${t('r.accept')}</p><div class="four">${MINUTES.map((n) => html`<button class="main" @click=${() => say(one, 'accept', {minutes: n})}>${t('r.accept-in', {n})}</button>`)}</div>
            <button class="wide" @click=${() => say(one, 'cannot')}>${t('r.cannot')}</button>`}
      </li>`;
  };

  const list = (items, card, key) => html`<ul class="plain">${repeat(items, key, card)}</ul>`;

  return {
    cases(round) {
      if (!round || !round.cases.length) return html`<p class="empty">${t('r.no-case')}</p>`;
      const todo = round.cases.filter((one) => one.mine), rest = round.cases.filter((one) => !one.mine), card = caseCard(round.kinds);
      return html`
        ${todo.length ? html`<h2>${t('r.todo')}</h2>${list(todo, card, (one) => one.number)}` : nothing}
        ${rest.length ? html`<h2>${t('r.mine')}</h2>${list(rest, card, (one) => one.number)}` : nothing}`;
    },
    errands: (errands) => (errands.length ? list(errands, errandCard, (one) => one.id) : html`<p class="empty">${t('r.no-alarm')}</p>`),
  };
}
