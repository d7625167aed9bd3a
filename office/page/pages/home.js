// The first page: what waits for me now, and where I can go. Each part is asked for by itself, so that one that cannot
// be had now leaves the others as they are.
import {get} from '../ask.js';
import {dutyState, watchDuty} from '../duty-bar.js';
import {html, nothing} from '../html.js';
import {icon} from '../icons.js';
import {on, watch} from '../live.js';
import {groups} from '../pages.js';
import {addWords, language, said, since, t, time} from '../words.js';
import {feed, now, openRows, watchFeed} from './alarms-feed.js';
import {ringing, seen, watchBoard} from './calls-board.js';
import {kindBadge, whereWords} from './alarms-row.js';
import {causeWords} from './alarms-words.js';
import {dueWords, narrowTo} from './cases-list.js';
import {kindName, loadVocabulary, shown} from './cases-words.js';
import {deviceLink} from './devices-words.js';

addWords({
  'home.hello': ['{name},您好', 'Hello, {name}'],
  'home.roles': ['您的身份:{roles}', 'You are: {roles}'],
  'home.now': ['现在等着处理的', 'What waits now'],
  'home.go': ['您可以使用的页面', 'Pages that you can use'],
  'home.alarms': ['警报', 'Alarms'], 'home.alarms.none': ['没有未结束的警报', 'No open alarms'],
  'home.alarms.n': ['{n} 条未结束,其中 {open} 条没有人接', '{n} open, {open} taken by nobody'],
  'home.duty': ['值班', 'On duty'], 'home.duty.none': ['没有人在值班', 'Nobody is on duty'], 'home.duty.since': ['{at} 起', 'since {at}'], 'home.duty.next': ['本班安排:{names}', 'Planned now: {names}'],
  'home.calls': ['视频来电', 'Video calls'], 'home.calls.none': ['没有人在等', 'Nobody waits'], 'home.calls.n': ['{n} 个来电在等', '{n} calls wait'], 'home.calls.backs': ['{n} 人等待回电', '{n} wait for a call-back'],
  'home.cases': ['我的案件', 'My cases'], 'home.cases.none': ['没有派给您的案件', 'No case is with you'],
  'home.cases.n': ['全部未结 {open} 件:超期 {overdue} 件,一天内到期 {soon} 件,待派遣 {undispatched} 件', '{open} open in all: {overdue} overdue, {soon} due within a day, {undispatched} to dispatch'],
  'home.devices': ['没有消息的设备', 'Silent devices'], 'home.devices.none': ['设备都有消息', 'Every device is heard from'], 'home.devices.more': ['还有更多', 'and more'],
  'home.boxes': ['断线的网关:{names}', 'Gateways away: {names}'], 'home.never': ['从未有消息', 'never heard'],
  'home.register': ['登记', 'Register'], 'home.conflicts': ['{n} 条冲突待处理', '{n} conflicts to settle'], 'home.conflicts.none': ['没有待处理的冲突', 'No conflicts to settle'],
  'home.wardens': ['{n} 份网格员申请待审核', '{n} applications of wardens to decide'],
});

const FEW = 5, REST_MS = 5000;

export const home = {
  path: '', may: '', title: ['首页', 'Home'], icon: 'home',
  open(ctx) {
    const may = (what) => ctx.me.may.includes(what), found = {}, later = {};
    const asks = {
      tally: ['cases.see', '/v1/cases/tally'], cases: ['cases.see', `/v1/cases?mine=1&limit=${FEW}`],
      devices: ['devices.see', `/v1/devices?only=silent&limit=${FEW + 1}`], boxes: ['devices.see', '/v1/gateways?limit=200'],
      conflicts: ['register.edit', '/v1/register/conflicts?limit=1'], wardens: ['grid.edit', '/v1/grid/applications?state=open'],
    };

    async function load(...names) {
      await Promise.all(names.filter((name) => may(asks[name][0])).map(async (name) => {
        try { found[name] = await get(asks[name][1]); } catch { /* the line that is gone says so above; what was shown stays */ }
      }));
      ctx.redraw();
    }
    // Many changes in a row are one question.
    const soon = (...names) => () => { later[names[0]] ??= setTimeout(() => { delete later[names[0]]; load(...names); }, REST_MS); };

    const offs = [
      watch((state) => { if (state === 'up') load(...Object.keys(asks)); }), watchFeed(ctx.redraw), watchDuty(ctx.redraw), watchBoard(ctx.redraw),
      on('case', soon('cases', 'tally')), on('devices', soon('devices', 'boxes')), on('register.conflicts', soon('conflicts')),
    ];
    const ticking = setInterval(ctx.redraw, 1000);
    if (may('cases.see')) loadVocabulary().then(ctx.redraw, () => {});
    return {
      close() { offs.forEach((off) => off()); clearInterval(ticking); Object.values(later).forEach(clearTimeout); },
      view: () => html`
        <h1>${t('home.hello', {name: ctx.me.name})}</h1>
        <p class="hint">${t('home.roles', {roles: ctx.me.titles.map(said).join('、')})}</p>
        <h2>${t('home.now')}</h2>
        <div class="cards now">
          ${may('alarms.see') ? alarmsCard() : nothing}
          ${may('alarms.see') ? dutyCard() : nothing}
          ${may('calls.take') && seen.loaded ? callsCard() : nothing}
          ${found.cases ? casesCard(found) : nothing}
          ${found.devices ? devicesCard(found) : nothing}
          ${found.conflicts || found.wardens ? registerCard(found) : nothing}
        </div>
        <h2>${t('home.go')}</h2>
        <ul class="ways">${groups(ctx.me.may).flatMap((group) => group.pages).map((page) => html`<li><a class="card" href="#/${page.path}">${icon(page.icon)}${page.title[language === 'zh' ? 0 : 1]}</a></li>`)}</ul>`,
    };
  },
};

const card = (name, to, grave, inside) => html`<section class="card ${grave ? 'grave' : ''}"><h3><a href="#/${to}">${t(`home.${name}`)}</a></h3>${inside}</section>`;

function alarmsCard() {
  const rows = openRows().filter((row) => row.kind !== 'test'), open = rows.filter((row) => row.state === 'open');
  if (!feed.loaded) return nothing;
  return card('alarms', 'alarms', open.length, !rows.length ? html`<p class="good">${t('home.alarms.none')}</p>` : html`
    <p class=${open.length ? 'bad' : 'warn'}>${t('home.alarms.n', {n: rows.length, open: open.length})}</p>
    <ul class="plain">${rows.slice(0, FEW).map((row) => html`<li>${kindBadge(row)} <a href="#/alarms/${row.id}">${causeWords(row.cause)}</a> ${whereWords(row)} <span class="hint">${t(`al.state.${row.state}`)} · ${since(row.received_at, now())}</span></li>`)}</ul>`);
}

function dutyCard() {
  const state = dutyState();
  if (!state) return nothing;
  const planned = state.planned.map((one) => one.name).join('、');
  return card('duty', 'duty', !state.on_duty.length, html`
    ${state.on_duty.length ? html`<ul class="plain">${state.on_duty.map((one) => html`<li><strong>${one.name}</strong> <span class="hint">${t('home.duty.since', {at: time(one.since).slice(0, -3)})}</span></li>`)}</ul>` : html`<p class="bad">${t('home.duty.none')}</p>`}
    ${planned ? html`<p class="hint">${t('home.duty.next', {names: planned})}</p>` : nothing}`);
}

function callsCard() {
  const waiting = seen.board.calls.filter((one) => !one.clerk).length;
  return card('calls', 'calls', ringing().length, html`
    ${waiting ? html`<p class="warn">${t('home.calls.n', {n: waiting})}</p>` : html`<p class="good">${t('home.calls.none')}</p>`}
    ${seen.board.callbacks ? html`<p class="warn"><a href="#/call-backs">${t('home.calls.backs', {n: seen.board.callbacks})}</a></p>` : nothing}`);
}

const mine = () => narrowTo({view: 'open', mine: '1'});
const casesCard = ({cases, tally}) => html`<section class="card ${tally && tally.overdue ? 'grave' : ''}"><h3><a href="#/cases" @click=${mine}>${t('home.cases')}</a></h3>
  ${cases.cases.length ? html`<ul class="plain">${cases.cases.map((one) => html`<li><a class="case-number" href="#/cases/${one.number}">${shown(one.number)}</a> ${kindName(one.kind)} ${one.words.slice(0, 30)} <span class="hint">${dueWords(one)}</span></li>`)}</ul>` : html`<p class="good">${t('home.cases.none')}</p>`}
  ${tally ? html`<p class=${tally.overdue ? 'warn' : 'hint'}>${t('home.cases.n', tally)}</p>` : nothing}</section>`;

function devicesCard({devices, boxes}) {
  const away = (boxes || []).filter((box) => !box.online).map((box) => box.gateway);
  return card('devices', 'devices/only:silent', away.length, html`
    ${away.length ? html`<p class="bad">${t('home.boxes', {names: away.slice(0, FEW).join('、') + (away.length > FEW ? '…' : '')})}</p>` : nothing}
    ${devices.length ? html`<ul class="plain">${devices.slice(0, FEW).map((row) => html`<li><a href=${deviceLink(row)}>${row.device}</a> ${[row.who, row.place].filter(Boolean).join(' · ')} <span class="hint">${row.heard_at ? time(row.heard_at) : t('home.never')}</span></li>`)}</ul>${devices.length > FEW ? html`<p class="hint">${t('home.devices.more')}</p>` : nothing}` : html`<p class="good">${t('home.devices.none')}</p>`}`);
}

function registerCard({conflicts, wardens}) {
  const applied = wardens ? wardens.items ? wardens.items.length : wardens.length : 0;
  return card('register', 'register/conflicts', false, html`
    ${conflicts ? html`<p class=${conflicts.open ? 'warn' : 'good'}>${conflicts.open ? t('home.conflicts', {n: conflicts.open}) : t('home.conflicts.none')}</p>` : nothing}
    ${applied ? html`<p class="warn"><a href="#/grid">${t('home.wardens', {n: applied})}</a></p>` : nothing}`);
}
