// Words and small pieces that the register's pages share.
import {ask, get, post} from '../ask.js';
import {formDialog, sure} from '../dialog.js';
import {html, nothing} from '../html.js';
import {addWords, language, t} from '../words.js';

addWords({
  'reg.title': ['登记', 'Register'], 'reg.persons': ['居民', 'People'], 'reg.places': ['地点', 'Places'], 'reg.poles': ['杆(一号定位)', 'Poles'],
  'reg.devices': ['设备归属', 'Devices'], 'reg.imports': ['导入', 'Import'], 'reg.conflicts': ['冲突', 'Conflicts'], 'reg.tabs': ['登记的各部分', 'Parts of the register'],
  'reg.search': ['查找', 'Search'], 'reg.new': ['新增', 'Add'], 'reg.edit': ['修改', 'Edit'], 'reg.back': ['返回列表', 'Back to the list'], 'reg.saved': ['已保存', 'Saved'],
  'reg.save': ['保存', 'Save'], 'reg.none': ['没有', 'None'], 'reg.csv': ['导出 CSV', 'Export CSV'], 'reg.meant': ['确实如此,仍要保存', 'It is meant so: save'], 'reg.clash': ['与现有登记冲突', 'Collides with the register'],
  'reg.missing': ['没有这一条登记', 'The register has no such row'],
  'f.resident': ['居民编号', 'Reference'], 'f.name': ['姓名', 'Name'], 'f.born': ['出生年', 'Born'], 'f.phone': ['电话', 'Phone'], 'f.tags': ['标签', 'Tags'], 'f.household': ['户号', 'Household'],
  'f.community': ['社区', 'Community'], 'f.building': ['楼', 'Building'], 'f.unit': ['单元', 'Unit'], 'f.room': ['房间', 'Room'], 'f.notes': ['备注', 'Notes'], 'f.contacts': ['联系人', 'Contacts'],
  'f.number': ['杆号', 'Number'], 'f.words': ['位置', 'Where'], 'f.nearby': ['附近有什么', 'What stands nearby'], 'f.aliases': ['别名、俗称', 'Also called'], 'f.kind': ['种类', 'Kind'], 'f.plate': ['牌子', 'Plate'],
  'f.lat': ['纬度', 'Latitude'], 'f.lon': ['经度', 'Longitude'], 'f.datum': ['坐标系', 'Datum'], 'f.pole': ['杆号', 'Pole'], 'f.gateway': ['网关', 'Gateway'], 'f.device': ['设备', 'Device'], 'f.person': ['居民编号', 'Resident'],
  'f.address': ['住址', 'Address'], 'f.spot': ['坐标', 'Coordinates'],
  'kind.lamp': ['灯杆', 'Lamp post'], 'kind.power': ['电线杆', 'Power pole'], 'kind.post': ['桩', 'Post'],
  'plate.ok': ['完好', 'Good'], 'plate.broken': ['破损', 'Broken'], 'plate.missing': ['缺失', 'Missing'],
});

export const KINDS = [['lamp', ['灯杆', 'Lamp post']], ['power', ['电线杆', 'Power pole']], ['post', ['桩', 'Post']]];
export const PLATES = [['ok', ['完好', 'Good']], ['broken', ['破损', 'Broken']], ['missing', ['缺失', 'Missing']]];
export const DATUMS = [['WGS-84', ['WGS-84(卫星)', 'WGS-84 (satellites)']], ['GCJ-02', ['GCJ-02(国内地图)', 'GCJ-02 (Chinese maps)']]];

export const query = (values) => Object.entries(values).filter(([, value]) => value).map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
export const plate = (state) => html`<span class="badge ${state === 'ok' ? 'good' : state === 'broken' ? 'warn' : 'bad'}">${state === 'ok' ? '✓' : state === 'broken' ? '△' : '✕'} ${t(`plate.${state}`)}</span>`;
export const tags = (list) => list.map((tag) => html`<span class="badge">${tag}</span> `);
export const spot = (at) => (at ? `${at.lat.toFixed(6)}, ${at.lon.toFixed(6)} · ${at.datum}` : '—');
export const link = (to, text) => html`<a href="#/register/${to}">${text}</a>`;
export const fact = (name, value) => html`<dt>${t(name)}</dt><dd>${value || '—'}</dd>`;
export const area = (label, table) => html`<div class="scroll" tabindex="0" role="region" aria-label=${label}>${table}</div>`;
export const inputs = (...names) => names.map((name) => ({name, label: t(`f.${name}`)}));
export const HOME = () => [
  {name: 'community', label: t('f.community'), maxlength: 60}, {name: 'building', label: t('f.building'), maxlength: 60},
  {name: 'unit', label: t('f.unit'), maxlength: 60}, {name: 'room', label: t('f.room'), maxlength: 60},
];
export const SPOT = () => [
  {name: 'lat', label: t('f.lat'), inputmode: 'decimal'}, {name: 'lon', label: t('f.lon'), inputmode: 'decimal'}, {name: 'datum', label: t('f.datum'), kind: 'select', options: DATUMS},
];
export const where = (at) => (at ? {lat: at.lat, lon: at.lon, datum: at.datum} : {lat: '', lon: '', datum: 'WGS-84'});

// A row of the register in a dialog. What collides is said, and saved only when somebody says that it is meant.
export function rowDialog(ctx, {subject, title, fields, values, v = 0, fixed = {}}) {
  const text = (value) => String(value ?? '').trim();
  const send = async (given, accept) => { // of a row that is there only what was changed is sent
    const changed = Object.entries(given).filter(([name, value]) => !v || text(value) !== text(values[name]));
    const texts = Object.fromEntries([...changed, ...Object.entries(fixed)].map(([name, value]) => [name, text(value)]));
    try {
      return await post(`/v1/register/rows/${subject}`, {fields: texts, v, accept});
    } catch (error) {
      if (!(error.error || '').startsWith('clash:')) throw error;
      if (!await sure({title: t('reg.clash'), text: error.message, yes: t('reg.meant')})) throw error;
      return send(given, [...accept, error.error.slice(6)]);
    }
  };
  return formDialog({title, fields, values, submit: (given) => send(given, [])}).then((saved) => { if (saved) ctx.toast(t('reg.saved'), 'good'); return saved; });
}

// A file of the server's, kept by the browser.
export async function download(method, path, name, body) {
  const blob = await ask(method, path, body);
  const url = URL.createObjectURL(blob), anchor = document.createElement('a');
  anchor.href = url;
  anchor.download = name;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

export const csvButton = (ctx, subject) => (ctx.me.may.includes('register.export') ? html`<button @click=${() => download('GET', `/v1/register/files/${subject}`, `${subject}.csv`).catch(ctx.fail)}>${t('reg.csv')}</button>` : nothing);
export const addButton = (ctx, add) => (ctx.me.may.includes('register.edit') ? html`<button @click=${add}>${t('reg.new')}</button>` : nothing);
export const both = (pair) => pair[language === 'zh' ? 0 : 1];

// One thing that is read from the server: says so until it is there, and says what went wrong.
export function one(ctx, path, show) {
  let it = null, gone = false;
  const load = async () => {
    try { it = await get(path); } catch (error) { gone = error.status === 404; if (!gone) ctx.fail(error); }
    ctx.redraw();
  };
  load();
  return {load, get it() { return it; }, close() {}, view: () => (it ? show(it) : html`<p class="empty" role="status">${gone ? t('reg.missing') : t('list.wait')}</p>`)};
}
