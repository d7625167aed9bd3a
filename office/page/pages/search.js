// One box for everything: people, addresses and poles, cases, devices, open alarms. The desk's own lists are asked, each
// for itself, so nobody finds what their lists would not show them.
import {get} from '../ask.js';
import {html, nothing} from '../html.js';
import {addWords, t, time} from '../words.js';
import {openRows} from './alarms-feed.js';
import {whereWords} from './alarms-row.js';
import {causeWords} from './alarms-words.js';
import {kindName, loadVocabulary, shown, stepName} from './cases-words.js';
import {deviceLink} from './devices-words.js';

addWords({
  'find.title': ['查找', 'Find'],
  'find.label': ['姓名、电话尾号、地址、附近有什么、灯杆号、案件号、设备', 'Name, end of a phone number, address, what stands nearby, pole, case number, device'],
  'find.go': ['查找', 'Find'], 'find.none': ['没有找到', 'Nothing found'], 'find.wait': ['正在查找…', 'Looking…'],
  'find.alarms': ['未结束的警报', 'Open alarms'], 'find.people': ['居民', 'People'], 'find.places': ['地址和灯杆', 'Addresses and poles'],
  'find.cases': ['案件', 'Cases'], 'find.devices': ['设备', 'Devices'], 'find.pole': ['灯杆 {number}', 'Pole {number}'],
});

const MOST = 8;

const KINDS = [
  {name: 'people', may: 'register.see', path: (text) => `/v1/register/persons?limit=${MOST}&text=${text}`, rows: (answer) => answer.rows,
    one: (row) => [`#/register/person/${encodeURIComponent(row.ref)}`, row.name || row.ref, [row.words, row.phone].filter(Boolean).join(' · ')]},
  {name: 'places', may: 'register.see', path: (text) => `/v1/register/find?limit=${MOST}&text=${text}`, rows: (answer) => answer,
    one: (row) => (row.what === 'pole' ? [`#/register/pole/${encodeURIComponent(row.id)}`, t('find.pole', {number: row.id}), [row.words, row.nearby].filter(Boolean).join(' · ')] : [`#/register/place/${encodeURIComponent(row.id)}`, row.words, row.nearby])},
  {name: 'cases', may: 'cases.see', path: (text) => `/v1/cases?view=all&limit=${MOST}&text=${text}`, rows: (answer) => answer.cases,
    one: (row) => [`#/cases/${row.number}`, shown(row.number), `${kindName(row.kind)} ${row.words.slice(0, 60)} · ${stepName(row.step)}`]},
  {name: 'devices', may: 'devices.see', path: (text) => `/v1/devices?limit=${MOST}&text=${text}`, rows: (answer) => answer,
    one: (row) => [deviceLink(row), row.device, [row.who, row.place, row.heard_at ? time(row.heard_at) : ''].filter(Boolean).join(' · ')]},
];

export const search = {
  path: 'search', may: '', title: ['查找', 'Find'], icon: 'search',
  open(ctx) {
    let text = '', found = null, turn = 0;

    async function look(args) {
      text = args.join('/').trim();
      const mine = turn += 1;
      found = null;
      if (!text) return;
      const asked = KINDS.filter((kind) => ctx.me.may.includes(kind.may));
      if (ctx.me.may.includes('cases.see')) await loadVocabulary().catch(() => {});
      const answers = await Promise.allSettled(asked.map((kind) => get(kind.path(encodeURIComponent(text)))));
      if (mine !== turn) return;
      found = asked.map((kind, n) => ({kind, fault: answers[n].reason, rows: answers[n].value ? kind.rows(answers[n].value) : []}));
      ctx.redraw();
    }

    const go = (event) => {
      event.preventDefault();
      ctx.go(`search/${encodeURIComponent(new FormData(event.target).get('text').trim())}`);
    };
    const alarms = () => openRows().filter((row) => [row.who, row.place, row.device, row.gateway].some((word) => word && word.includes(text)));

    look(ctx.args);
    return {
      close() { turn += 1; },
      follow(args) { look(args); },
      view() {
        const ringing = text ? alarms() : [];
        return html`
          <h1>${t('find.title')}</h1>
          <form class="form card" role="search" @submit=${go}>
            <div class="wide"><label for="find-text">${t('find.label')}</label><input id="find-text" name="text" type="search" maxlength="80" .value=${text}></div>
            <div class="actions"><button class="main">${t('find.go')}</button></div></form>
          <div role="status">${!text ? nothing : !found ? html`<p class="empty">${t('find.wait')}</p>` : !ringing.length && !found.some((part) => part.rows.length) ? html`<p class="empty">${t('find.none')}</p>` : nothing}</div>
          ${ringing.length ? group('alarms', ringing.map((row) => [`#/alarms/${row.id}`, causeWords(row.cause), whereWords(row)])) : nothing}
          ${found ? found.map((part) => (part.rows.length ? group(part.kind.name, part.rows.map(part.kind.one)) : part.fault && part.fault.status !== 400 ? html`<p class="bad">${t(`find.${part.kind.name}`)}: ${part.fault.message}</p>` : nothing)) : nothing}`;
      },
    };
  },
};

const group = (name, lines) => html`<section class="card"><h2>${t(`find.${name}`)}</h2>
  <ul class="plain">${lines.map(([to, words, more]) => html`<li><a href=${to}>${words}</a> <span class="hint">${more}</span></li>`)}</ul></section>`;
