// The elder's card: whose alarm it is, where, who can help, and what can be done about it, on one sheet.
import {get, post} from '../ask.js';
import {html, nothing} from '../html.js';
import * as live from '../live.js';
import {language, since, t, time} from '../words.js';
import {doing} from './alarms-doing.js';
import {apply, feed, now, rowOf, take, watchFeed} from './alarms-feed.js';
import {clock, facts, kindBadge, whereWords, whose} from './alarms-row.js';
import {byWords, causeWords, eventWords, reasonWords} from './alarms-words.js';

export function openCard(id, ctx) {
  let card = null, gone = null, secrets = null, pictures = {}, open = true, wanted = 0;
  const doings = doing(id, ctx, (row) => { apply([row]); });
  const row = () => rowOf(id) || (card && card.row);

  async function load() {
    const mine = wanted += 1;
    try {
      const got = await get(`/v1/alarms/${encodeURIComponent(id)}`);
      if (!open || mine !== wanted) return;
      card = got; gone = null;
      if (!secrets && card.row.keeper === feed.you && card.person && card.person.sealed && ctx.me.may.includes('register.secrets')) showSecrets();
    } catch (error) { gone = error; }
    ctx.redraw();
  }

  let again = 0;
  const ends = watchFeed((changed) => {
    if (!changed.some((one) => one.id === id)) return;
    clearTimeout(again);
    again = setTimeout(load, 150); // several steps come together; the row itself is shown at once
  });
  const phoned = live.on('duty-calls', load); // whether somebody could be reached by phone
  const key = (event) => {
    if (event.key !== 'F4' || event.repeat || event.altKey || event.ctrlKey || event.metaKey || !feed.work) return;
    event.preventDefault();
    doings.toCase(row());
  };
  document.addEventListener('keydown', key);

  async function showSecrets() {
    try { secrets = await post(`/v1/alarms/${id}/secrets`, {}); } catch (error) { ctx.fail(error); }
    ctx.redraw();
  }

  async function look(sha256) {
    try { pictures[sha256] = URL.createObjectURL(await post(`/v1/pictures/${sha256}/look`, {about: id})); } catch (error) { ctx.fail(error); }
    ctx.redraw();
  }

  load();
  return {
    id,
    close() {
      open = false; ends(); phoned(); clearTimeout(again);
      document.removeEventListener('keydown', key);
      Object.values(pictures).forEach((url) => URL.revokeObjectURL(url));
    },
    view() {
      const shown = row();
      if (!shown) return html`<p class="empty">${gone ? gone.message : t('al.loading')}</p>`;
      return html`
        <p class="back"><a href="#/alarms">${t('al.back')}</a></p>
        ${head(shown)}
        ${shown.closed_at === null && feed.work ? html`<div class="actions do">
          ${shown.state === 'open' ? html`<button class="main large" @click=${() => take(id)}>${t('al.take')}</button>` : nothing}
          ${doings.buttons(shown)}</div>` : html`<div class="actions do">${feed.work ? doings.after(shown) : nothing} ${doings.proof()}</div>`}
        ${card ? rest(card, shown) : html`<p class="empty">${t('al.loading')}</p>`}`;
    },
  };

  function rest(card, shown) {
    const person = card.person;
    return html`
      ${person && person.name ? personView(person) : nothing}
      ${person && person.sealed ? secretsView() : nothing}
      ${card.pictures.length ? html`<section class="card"><h2>${t('al.pictures')}</h2>${card.pictures.map(pictureView)}</section>` : nothing}
      <section class="card"><h2>${t('al.lines')}</h2><ol class="lines">${card.lines.map((line) => lineView(line))}</ol>
        ${feed.work ? doings.noteForm() : nothing}</section>
      ${person && person.near.length ? html`<section class="card"><h2>${t('al.near')}</h2><ul class="near">${person.near.map((one) => html`
        <li><span><strong>${one.name}</strong> ${one.words} ${one.tags.map((tag) => html`<span class="badge">${tag}</span>`)}</span>
          ${one.phone ? html`<a href="tel:${one.phone}">${one.phone}</a>` : nothing}
          ${feed.work && one.phone && shown.closed_at === null ? html`<button @click=${() => doings.send(shown, {name: one.name, phone: one.phone})}>${t('al.sendThem')}</button>` : nothing}</li>`)}</ul></section>` : nothing}
      ${shown.origin === 'gateway' ? deviceView(card, shown) : nothing}
      ${card.around.length ? html`<details class="card"><summary>${t('al.around')}</summary><div class="scroll" tabindex="0"><table><caption class="unseen">${t('al.around')}</caption><tbody>${card.around.map((one) => html`
        <tr><td>${time(one.at)}</td><td>${eventWords(one.type)}</td><td>${saidWords(one.said)}</td></tr>`)}</tbody></table></div></details>` : nothing}
      <section class="card"><h2>${t('al.earlier')}</h2>${card.earlier.length ? html`<ul class="lines">${card.earlier.map((one) => html`
        <li><time>${time(one.at)}</time> <a href="#/alarms/${one.id}">${causeWords(one.cause)}</a> ${one.test ? html`<span class="badge mark">${t('al.kind.test')}</span>` : nothing} ${one.open ? t('al.state.open') : reasonWords(one.reason)}</li>`)}</ul>` : html`<p class="hint">${t('al.earlierNone')}</p>`}</section>`;
  }

  function personView(person) {
    const year = new Date(now()).getFullYear();
    return html`<section class="card person"><p><strong class="big">${person.name}</strong> ${person.born ? t('al.born', {year: person.born, age: year - person.born}) : nothing} ${person.tags.map((tag) => html`<span class="badge">${tag}</span>`)}
        ${person.phone ? html`<a class="button" href="tel:${person.phone}">☎ ${person.phone}</a>` : nothing}</p></section>`;
  }

  function secretsView() {
    if (!ctx.me.may.includes('register.secrets')) return nothing;
    if (!secrets) return html`<section class="card"><h2>${t('al.secrets')}</h2><button @click=${showSecrets}>${t('al.secretsShow')}</button></section>`;
    return html`<section class="card"><h2>${t('al.secrets')}</h2>
      ${secrets.notes ? html`<p class="warn notes">${secrets.notes}</p>` : nothing}
      <ul class="near">${secrets.contacts.map((one) => html`<li><span><strong>${one.name}</strong> ${one.relation}</span><a class="button" href="tel:${one.phone}">☎ ${one.phone}</a></li>`)}</ul>
      ${secrets.notes || secrets.contacts.length ? nothing : html`<p class="hint">${t('al.secretsNone')}</p>`}</section>`;
  }

  function pictureView(picture) {
    if (pictures[picture.sha256]) return html`<figure><img class="taken" src=${pictures[picture.sha256]} alt=${t('al.pictures')}><figcaption>${time(picture.at)}</figcaption></figure>`;
    if (!picture.here) return html`<p class="hint">${time(picture.at)} ${t('al.pictureComes')}</p>`;
    return ctx.me.may.includes('camera.look') ? html`<p><button @click=${() => look(picture.sha256)}>${t('al.look')}</button> <span class="hint">${time(picture.at)}</span></p>` : html`<p class="hint">${time(picture.at)}</p>`;
  }
}

const head = (row) => html`
  <header class="alarm-head ${row.state} ${row.kind}">
    <p class="state"><strong>${t(`al.state.${row.state}`)}</strong> ${row.state === 'open' ? nothing : row.closed_at === null ? whose(row) : `${byWords(row.closed_by)} · ${reasonWords(row.reason)}`} ${row.closed_at === null ? clock(row) : time(row.closed_at)}</p>
    <h1>${kindBadge(row)} ${causeWords(row.cause)}</h1>
    <p class="big">${whereWords(row)}</p>
    ${row.origin === 'gateway' && !row.who && !row.place ? html`<p class="warn">${t('al.unknown')}</p>` : nothing}
    ${row.origin === 'centre' && row.closed_at === null && row.reason ? html`<p>${reasonWords(row.reason)}</p>` : nothing}
    ${row.way_text ? html`<p>「${row.way_text}」</p>` : nothing}
    <p class="facts">${facts(row)}</p>
  </header>`;

function lineView(line) {
  const key = `al.l.${line.what}`;
  const words = line.what === 'step.close' ? reasonWords(line.text) : line.what === 'call.phone' && line.text ? t(`al.phone.${line.text}`) : line.text;
  return html`<li><time>${time(line.at)}</time> <span>${t(key, {name: byWords(line.name) || t('al.somebody')})} ${line.text ? html`<span class="said">${words}</span>` : nothing}
    ${line.files.map((file) => html`<a href="/v1/files/${file.sha256}" target="_blank" rel="noopener"><img class="found" src="/v1/files/${file.sha256}" alt=${t(key, {name: line.name || t('al.somebody')})}></a>`)}</span></li>`;
}

function deviceView(card, row) {
  const device = card.device, place = device.place || card.told.place, spot = card.person && card.person.spot;
  return html`<section class="card"><h2>${t('al.state')}</h2><dl>
    <dt>${row.device || '—'}</dt><dd>${device.profile} ${device.registered ? nothing : html`<span class="badge warn">${t('al.unregistered')}</span>`}</dd>
    <dt>${t('al.last')}</dt><dd>${device.last_at ? html`${time(device.last_at)}(${since(device.last_at, now())})` : t('al.never')}</dd>
    ${Object.keys(device.battery).length ? html`<dt>${t('al.battery')}</dt><dd>${Object.values(device.battery).map(String).join(' · ')}</dd>` : nothing}
    ${card.person && card.person.pole ? html`<dt>${t('al.pole', {pole: card.person.pole})}</dt><dd>${card.person.pole_words}</dd>` : nothing}
    ${place && place.valid ? html`<dt>${t('al.position')}</dt><dd>${place.lat.toFixed(5)}, ${place.lon.toFixed(5)} <span class="hint">${place.datum || 'WGS-84'} ${device.place_at ? time(device.place_at) : nothing}</span></dd>` : spot ? html`<dt>${t('al.position')}</dt><dd>${spot.lat.toFixed(5)}, ${spot.lon.toFixed(5)} <span class="hint">${spot.datum}</span></dd>` : nothing}
    <dt>${t('al.box')}</dt><dd>${row.gateway} ${device.gateway_online ? html`<span class="badge good">${t('al.online')}</span>` : html`<span class="badge warn">${device.gateway_heard_at ? t('al.offline', {at: time(device.gateway_heard_at)}) : t('al.never')}</span>`}</dd></dl></section>`;
}

function saidWords(said) {
  const parts = [];
  if (said.alarm) parts.push(causeWords(said.alarm));
  if (typeof said.open === 'boolean') parts.push(said.open ? (language === 'zh' ? '开' : 'open') : (language === 'zh' ? '关' : 'closed'));
  if (said.place && said.place.valid) parts.push(`${said.place.lat.toFixed(4)}, ${said.place.lon.toFixed(4)}`);
  for (const [name, value] of Object.entries(said.attributes || {}).slice(0, 6)) parts.push(`${name} ${value}`);
  return parts.join(' · ');
}
