// A kiosk's screen, as its gateway tells of it: what it shows, whether somebody is there, how often each page was opened. Never who.
import {html, nothing} from '../html.js';
import {addWords, language, t} from '../words.js';

addWords({
  'scr.title': ['信息机屏幕', "The kiosk's screen"], 'scr.page': ['显示的页面', 'Page'], 'scr.busy': ['有人在用', 'Somebody is there'], 'scr.free': ['没有人', 'Nobody is there'],
  'scr.away': ['屏幕没有应答', 'The screen does not answer'], 'scr.content': ['内容版本', 'Version of content'], 'scr.memory': ['占用内存', 'Memory'], 'scr.up': ['已运行', 'Running for'],
  'scr.hours': ['{n} 小时', '{n} hours'], 'scr.opened': ['各页打开次数(启动以来,不记是谁)', 'How often pages were opened since its start; by whom is kept nowhere'],
  'scr.times': ['次数', 'Times'], 'scr.night': ['夜间,屏幕已调暗', 'Night, the screen is dark'],
});

const PAGES = {
  home: ['首页', 'First page'], departments: ['找科室', 'Departments'], call: ['视频通话', 'Call'], callback: ['请回电', 'Call back'], sos: ['求助', 'SOS'], looks: ['大字与高对比', 'Large type'],
  report: ['随手报', 'Report'], 'report-sent': ['报告已提交', 'Report sent'], case: ['查我的事', 'My case'], 'case-found': ['事件进度', 'Case found'],
  booking: ['预约', 'Booking'], 'booking-sent': ['预约已提交', 'Booking sent'], guides: ['办事指南', 'Guides'], guide: ['一份指南', 'A guide'], notices: ['通知', 'Notices'], notice: ['一条通知', 'A notice'],
  nearby: ['身边', 'Nearby'], merchants: ['商户', 'Merchants'], merchant: ['一家商户', 'A merchant'], wardens: ['网格员', 'Grid wardens'], warden: ['一位网格员', 'A warden'], hotlines: ['热线', 'Hotlines'],
  neighbours: ['邻里互动', 'Neighbours'], activities: ['活动', 'Activities'], polls: ['投票', 'Polls'], publicity: ['公示', 'Public cases'], lessons: ['学习', 'Learning'], lesson: ['一课', 'A lesson'],
  emergency: ['紧急通知', 'Emergency notice'], service: ['维护菜单', 'Service menu'], night: ['夜间', 'Night'],
};
const named = (page) => (PAGES[page] ? PAGES[page][language === 'zh' ? 0 : 1] : page);

export function screen(said) {
  if (!said || !said.page) return nothing;
  const opened = Object.entries(said).filter(([name]) => name.startsWith('opened.')).map(([name, times]) => [name.slice(7), times]).sort((a, b) => b[1] - a[1]);
  const stand = said.away ? html`<span class="badge bad">✕ ${t('scr.away')}</span>` : said.page === 'night' ? html`<span class="badge">☾ ${t('scr.night')}</span>`
    : html`<span class="badge ${said.busy ? 'warn' : 'good'}">${said.busy ? `● ${t('scr.busy')}` : `✓ ${t('scr.free')}`}</span>`;
  return html`<section class="card"><h2>${t('scr.title')}</h2><p>${stand}</p><dl>
    <dt>${t('scr.page')}</dt><dd>${named(said.page)}</dd>
    <dt>${t('scr.content')}</dt><dd>${said.content || '—'}</dd>
    <dt>${t('scr.memory')}</dt><dd>${said.memory_mb ? `${said.memory_mb} MB` : '—'}</dd>
    <dt>${t('scr.up')}</dt><dd>${t('scr.hours', {n: (said.up_s / 3600).toFixed(1)})}</dd></dl>
    ${opened.length ? html`<details><summary>${t('scr.opened')}</summary><table><caption class="unseen">${t('scr.opened')}</caption>
      <thead><tr><th scope="col">${t('scr.page')}</th><th scope="col" class="number">${t('scr.times')}</th></tr></thead>
      <tbody>${opened.map(([page, times]) => html`<tr><th scope="row">${named(page)}</th><td class="number">${times}</td></tr>`)}</tbody></table></details>` : nothing}</section>`;
}
