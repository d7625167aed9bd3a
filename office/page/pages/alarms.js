// The alarm board: what is open above, the opened alarm's card beside it, what is closed below.
import {get, put} from '../ask.js';
import {formDialog} from '../dialog.js';
import {html, nothing, repeat} from '../html.js';
import {makeList} from '../list.js';
import {setVolume, volume} from '../ring.js';
import {since, t, time} from '../words.js';
import {openCard} from './alarms-card.js';
import {feed, now, openRows, watchFeed} from './alarms-feed.js';
import {item, kindBadge, whereWords} from './alarms-row.js';
import {byWords, causeWords, reasonWords} from './alarms-words.js';

// More rows than this make a page slow. What has just come is shown however many wait: it rings, so it must be seen.
const MOST = 500, FRESH_MS = 60000;
const MOST_CLOSED = 120; // a board is open for weeks: from the beginning again, where `more` goes on rightly
const TIMES = [['next_s', ['没人接,多久呼叫下一位', 'Next person after']], ['everyone_s', ['多久呼叫全体并外呼', 'Everyone and phone-out after']], ['remind_s', ['接了没动静,多久提醒', 'Reminder after']], ['remind_all_s', ['提醒后多久提醒全体', 'Reminder to everyone after']], ['trouble_next_s', ['故障:多久呼叫下一位', 'Trouble: next person after']], ['trouble_everyone_s', ['故障:多久呼叫全体', 'Trouble: everyone after']], ['phone_gap_s', ['两次外呼至少间隔', 'Least time between phone-outs']]];

export const alarms = {
  path: 'alarms', may: 'alarms.see', title: ['警报', 'Alarms'], icon: 'bell',
  open(ctx) {
    let card = null, most = MOST;
    const more = () => { most += MOST; ctx.redraw(); };
    const list = makeList({load: (after) => get(`/v1/alarms/closed?limit=30${after ? `&before=${after}` : ''}`), read: (answer) => ({items: answer.rows, next: answer.next || null}), redraw: ctx.redraw, fail: ctx.fail});
    const follow = (args) => {
      if (card) card.close();
      card = args[0] ? openCard(args[0], ctx) : null;
    };
    const ends = watchFeed((changed) => {
      const closed = changed.filter((row) => row.closed_at !== null);
      if (closed.length && list.items.length > MOST_CLOSED) list.load();
      else if (closed.length) list.items = [...closed.reverse(), ...list.items.filter((row) => !closed.some((one) => one.id === row.id))];
      ctx.redraw();
    });
    const ticking = setInterval(ctx.redraw, 1000);
    follow(ctx.args);
    list.load();
    return {
      follow,
      close() { ends(); clearInterval(ticking); if (card) card.close(); },
      view: () => html`
        <div class="board ${card ? 'with-card' : ''}">
          <div class="board-list">${board(card, most, more)}${below(list, ctx)}</div>
          ${card ? html`<section class="board-card" aria-label=${t('al.title')}>${card.view()}</section>` : nothing}
        </div>`,
    };
  },
};

function board(card, most, more) {
  const rows = openRows(), fresh = now() - FRESH_MS;
  const shown = rows.filter((row, n) => n < most || row.received_at > fresh);
  return html`
    <h1>${t('al.open', {n: rows.length})}</h1>
    ${feed.work ? html`<p class="hint keys">${t('al.keys')}</p>` : nothing}
    ${!feed.loaded ? html`<p class="empty">${t('al.loading')}</p>` : rows.length === 0 ? html`<p class="empty good">${t('al.none')}</p>` : html`
      <ul class="alarms">${repeat(shown, (row) => row.id, (row) => item(row, card && card.id === row.id))}</ul>
      ${rows.length > shown.length ? html`<p class="warn">${t('al.more', {n: rows.length - shown.length})} <button @click=${more}>${t('list.more')}</button></p>` : nothing}`}`;
}

const below = (list, ctx) => html`
  <section class="card">
    <h2>${t('al.closed')}</h2>
    ${list.view((rows) => html`<div class="scroll" tabindex="0"><table>
      <caption class="unseen">${t('al.closed')}</caption>
      <thead><tr><th scope="col">${t('al.when')}</th><th scope="col">${t('al.what')}</th><th scope="col">${t('al.where')}</th><th scope="col">${t('al.result')}</th><th scope="col">${t('al.by')}</th><th scope="col" class="number">${t('al.took')}</th></tr></thead>
      <tbody>${repeat(rows, (row) => row.id, (row) => html`<tr>
        <td>${time(row.closed_at)}</td><td>${kindBadge(row)} <a href="#/alarms/${row.id}">${causeWords(row.cause)}</a></td><td>${whereWords(row)}</td>
        <td>${reasonWords(row.reason)}</td><td>${byWords(row.closed_by)}</td><td class="number">${since(row.received_at, row.closed_at)}</td></tr>`)}</tbody></table></div>`)}
  </section>
  ${feed.work ? html`<section class="card"><label for="volume">${t('al.volume')}</label>
    <input id="volume" type="range" min="0.2" max="1" step="0.1" .value=${String(volume())} @change=${(event) => setVolume(event.target.value)}></section>` : nothing}
  ${ctx.me.may.includes('settings.edit') ? html`<p><button @click=${() => times(ctx)}>${t('al.settings')}</button></p>` : nothing}`;

async function times(ctx) {
  try {
    const values = await get('/v1/alarms/settings');
    const fields = TIMES.map(([name, label]) => ({name, label, kind: 'number', min: 5, max: 86400, required: true}));
    if (await formDialog({title: t('al.settings'), fields, values, submit: (wanted) => put('/v1/alarms/settings', wanted)})) ctx.toast(t('al.settingsKept'));
  } catch (error) { ctx.fail(error); }
}
