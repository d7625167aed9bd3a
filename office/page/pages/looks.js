// For the inspector: who looked through which camera, when and why.
import {get} from '../ask.js';
import {html, nothing, repeat} from '../html.js';
import {makeList} from '../list.js';
import {on, watch} from '../live.js';
import {addWords, t, time} from '../words.js';
import {causeWords} from './alarms-words.js';
import {query} from './devices-words.js';

addWords({
  'looks.title': ['摄像头查看记录', 'Looks through cameras'], 'looks.who': ['谁', 'Who'], 'looks.camera': ['摄像头', 'Camera'], 'looks.why': ['为什么', 'Why'], 'looks.way': ['方式', 'How'],
  'looks.kept': ['看已存图片', 'a kept picture'], 'looks.live': ['看现场', 'a picture of now'], 'looks.gateway': ['网关自行', 'the gateway itself'], 'looks.outcome': ['结果', 'Outcome'],
  'looks.shown': ['有图片', 'a picture'], 'looks.refused': ['没有:{reason}', 'none: {reason}'], 'looks.waiting': ['等待中', 'waiting'], 'looks.empty': ['没有查看记录', 'Nobody looked'],
  'looks.since': ['从', 'From'], 'looks.until': ['到', 'To'], 'looks.csv': ['导出表格', 'Take it along (CSV)'], 'looks.about': ['关于', 'About'],
  'looks.new': ['有新的查看记录,点此刷新', 'There are new looks; load them'], 'looks.alarm': ['报警自动拍摄', 'an alarm, by itself'],
});

const LIMIT = 50;

export const looks = {
  path: 'looks', may: 'looks.see', title: ['查看记录', 'Camera looks'], icon: 'eye',
  open(ctx) {
    let narrow = {gateway: '', camera: '', since: '', until: ''}, fresh = false;
    const list = makeList({
      load: (before) => get(`/v1/looks?${query({...narrow, limit: LIMIT, before})}`),
      read: (rows) => ({items: rows, next: rows.length === LIMIT ? rows[rows.length - 1].n : null}),
      redraw: ctx.redraw, fail: ctx.fail,
    });
    const anew = () => { fresh = false; list.load(); };
    const offs = [on('looks', () => { fresh = true; ctx.redraw(); }), watch((state) => { if (state === 'up') anew(); })];

    function narrowed(event) {
      event.preventDefault();
      const form = new FormData(event.target);
      narrow = Object.fromEntries(Object.keys(narrow).map((name) => [name, form.get(name).trim()]));
      anew();
    }
    const box = (name, word, type = 'search') => html`<div><label for="looks-${name}">${t(word)}</label><input id="looks-${name}" name=${name} type=${type} .value=${narrow[name]}></div>`;

    return {
      close: () => offs.forEach((off) => off()),
      view: () => html`
        <h1>${t('looks.title')}</h1>
        <form class="form card" role="search" @submit=${narrowed}>${box('gateway', 'dev.gateway')}${box('camera', 'looks.camera')}${box('since', 'looks.since', 'date')}${box('until', 'looks.until', 'date')}
          <div class="actions end"><button class="main">${t('dev.search')}</button><a class="button" href="/v1/looks.csv?${query(narrow)}" download>${t('looks.csv')}</a></div></form>
        <div role="status">${fresh ? html`<p><button @click=${anew}>↻ ${t('looks.new')}</button></p>` : nothing}</div>
        ${list.view((rows) => html`<div class="scroll" tabindex="0" role="region" aria-label=${t('looks.title')}><table>
          <caption class="unseen">${t('looks.title')}</caption>
          <thead><tr><th>${t('dev.when')}</th><th>${t('looks.who')}</th><th>${t('looks.camera')}</th><th>${t('looks.why')}</th><th>${t('looks.way')}</th><th>${t('looks.outcome')}</th></tr></thead>
          <tbody>${repeat(rows, (row) => row.n, (row) => html`<tr><td>${time(row.at)}</td><td>${row.account ? row.by : row.by === 'alarm' ? t('looks.alarm') : row.by}</td><td>${row.gateway} / ${row.camera || '—'}</td>
            <td>${row.by === 'alarm' ? causeWords(row.reason) : row.reason}${row.about ? html`<br><span class="hint">${t('looks.about')} ${row.about}</span>` : nothing}</td><td>${t(`looks.${row.way}`)}</td>
            <td>${row.refused ? html`<span class="badge warn">${t('looks.refused', {reason: row.refused})}</span>` : row.ended_at ? html`<span class="badge">${t('looks.shown')}</span>` : t('looks.waiting')}</td></tr>`)}</tbody>
        </table></div>`, {empty: t('looks.empty')})}`,
    };
  },
};
